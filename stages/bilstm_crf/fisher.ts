/**
 * A trained BiLSTM-CRF and training sentences of a language → which of its weights matter there.
 *
 * @module
 */
import { z } from "zod";
import { FisherSums } from "../../lib/analysis/fisher.ts";
import { orNull } from "../../lib/analysis/estimates.ts";
import { feedsFor } from "../../lib/autodiff/lowering.ts";
import { UserError } from "../../lib/core/errors.ts";
import { CounterRandom } from "../../lib/core/random.ts";
import { forPeople } from "../../lib/core/words.ts";
import { trainingGraphs } from "../../lib/engine/training_graphs.ts";
import { formatOf } from "../../lib/experiment/examples.ts";
import { type BilstmCrfConfig, parseBilstmCrfConfig } from "../../lib/models/bilstm_crf/config.ts";
import { bilstmCrfModel } from "../../lib/models/bilstm_crf/model.ts";
import { rowsAt } from "../../lib/models/label_chain.ts";
import type { PublishedConfig } from "../../lib/models/encoder/published_config.ts";
import type { Batch, Example } from "../../lib/models/model.ts";
import { PathSampler } from "../../lib/nn/crf_samples.ts";
import { type FloatTensor, floatTensor, type HostTensor } from "../../lib/onnx/dtype.ts";
import { Session } from "../../lib/onnx/session.ts";
import { count, seed } from "../../lib/plan/bounds.ts";
import { defineStage, file, table } from "../../lib/plan/stage.ts";
import { readTable, writeTable } from "../../lib/table/parquet_tables.ts";
import { type ExampleRow, examplesTable } from "../../lib/table/schemas/examples.ts";
import { type FisherRow, fisherTable } from "../../lib/table/schemas/fisher.ts";
import { checkModelReads } from "../../lib/weights/model_reads.ts";
import { readJson } from "../../lib/weights/published_files.ts";
import { writeSafetensors } from "../../lib/weights/safetensors.ts";
import { readSafetensors } from "../../lib/weights/safetensors_file.ts";

const params = z.strictObject({
  sentences: count.min(1).default(500).describe(
    "training sentences, drawn at random; all where there are fewer",
  ),
  samples: count.min(1).default(2).describe(
    "sequences of labels drawn of the model for each sentence; the paper's are 1,000",
  ),
  draw: seed.default(0).describe("names the random numbers: another number, other sentences"),
});

/** A model whose single gradients are taken. */
interface Opened {
  readonly config: BilstmCrfConfig;
  readonly weights: ReadonlyMap<string, FloatTensor>;
  readonly evaluation: Session;
  readonly training: Session;
}

/**
 * Without dropout. The table says how sure the diagonal is.
 *
 * NOTE: the paper draws 1,000 sequences of labels for every training sentence, some millions of
 * gradients a language; here fewer, of fewer sentences.
 */
export const fisher = defineStage({
  kind: "bilstm_crf.fisher",
  about: forPeople("measures how much each weight of a trained BiLSTM-CRF matters for a language"),
  params,
  inputs: {
    model: {
      about: "a trained BiLSTM-CRF",
      takes: "one",
      files: ["model.safetensors", "config.json", "eval_model.onnx"],
    },
    examples: {
      about: "a tokenized corpus of one language, whose training sentences are read",
      takes: "one",
      files: ["train.parquet", "encoding.json"],
    },
  },
  outputs: {
    "fisher.parquet": table(fisherTable),
    "fisher.safetensors": file("the diagonal, with the names of the weights"),
  },
  numeric: true,
  async run({ params: { sentences, samples, draw }, inputs, output, resources, progress, log }) {
    const [{ instance, files }] = inputs.model;
    const [examples] = inputs.examples;
    const published = await readJson(files["config.json"]) as PublishedConfig;
    const trained = parseBilstmCrfConfig(published, `the config.json of ${instance}`);
    const rows = await readTable(examplesTable, examples.files["train.parquet"]);
    const longest = rows.reduce((most, { inputIds }) => Math.max(most, inputIds.length), 0);
    checkModelReads(
      { name: instance, published },
      { name: examples.instance, format: await formatOf(inputs.examples), longest },
      { vocabulary: trained.vocab_size, longest: Infinity },
    );
    const chosen = chooseSentences(rows, sentences, draw, examples.instance);
    const [{ corpus, language }] = chosen;
    const config = { ...trained, dropout: 0, word_dropout: 0 };
    const weights = await readSafetensors(files["model.safetensors"]);
    await using held = new AsyncDisposableStack();
    const open = async (model: Uint8Array): Promise<Session> => {
      const session = await Session.create(model, { threads: resources.cores });
      held.defer(() => session.release());
      return session;
    };
    const graphs = trainingGraphs(bilstmCrfModel.graph(config), { tableGradients: "dense" });
    const opened: Opened = {
      config,
      weights,
      evaluation: await open(await Deno.readFile(files["eval_model.onnx"])),
      training: await open(graphs.training),
    };
    const sums = new FisherSums(
      new Map([...weights].map(([name, { data }]) => [name, data.length])),
    );
    const outputs = new Map([...weights].map(([name, { dims, data }]) => [
      `grad.${name}`,
      floatTensor(dims, new Float32Array(data.length)),
    ]));
    for (const [place, row] of chosen.entries()) {
      const random = new CounterRandom("fisher", draw, corpus, language, row.sentence);
      for (const gold of await drawLabels(opened, row, samples, random)) {
        const words = await gradientOf(opened, { ...row, gold }, outputs);
        // The loss is a mean over words.
        sums.add((name) => outputs.get(`grad.${name}`)!.data, words, place);
      }
      progress({ done: place + 1, total: chosen.length, unit: "sentences" });
    }
    writeSafetensors(
      output("fisher.safetensors"),
      new Map([...sums.diagonal()].map(([name, data]) => [
        name,
        floatTensor(weights.get(name)!.dims, data),
      ])),
    );
    const layers = sums.layers();
    await writeTable(
      fisherTable,
      output("fisher.parquet"),
      layers.flatMap(({ agreement, traceError, ...layer }) =>
        [...agreement].map(([top, value]): FisherRow => ({
          ...{ model: bilstmCrfModel.name, corpus, language },
          ...{ sentences: chosen.length, samples, top },
          ...layer,
          traceError: orNull(traceError),
          agreement: orNull(value),
        }))
      ),
    );
    log(`${chosen.length * samples} gradients of ${chosen.length} sentences of ${language}`);
    for (const { layer, traceError, agreement } of layers) {
      log(
        `${layer}: its trace is known to ${traceError.toFixed(0)} %; halves agree in ` +
          [...agreement].map(([top, value]) => `${value.toFixed(0)} % of the top ${top} %`)
            .join(", "),
      );
    }
  },
});

/**
 * Some of the sentences as they are in which every word is asked and seen.
 *
 * @throws {UserError} where there is none, or they are of two languages
 */
function chooseSentences(
  rows: readonly ExampleRow[],
  most: number,
  draw: number,
  name: string,
): ExampleRow[] {
  const usable = rows.filter(({ variant, asked, lostWords }) =>
    variant === 0 && asked.length > 0 && lostWords === 0
  );
  const languages = new Set(usable.map(({ language }) => language));
  if (languages.size !== 1) {
    throw new UserError({
      message: languages.size === 0
        ? `Cannot take gradients of ${name}, which has no training sentence that is read whole`
        : `Cannot take gradients of ${[...languages].join(" and ")} as of one language`,
      hint: "take a tokenized corpus of one language with training sentences",
    });
  }
  const [{ corpus, language }] = usable;
  return new CounterRandom("fisher", draw, corpus, language).shuffle(usable).slice(0, most);
}

function batchOf(config: BilstmCrfConfig, example: Example): Batch {
  return bilstmCrfModel.batch(config, [example], { seed: 0, epoch: 0, places: [0] });
}

/** Labels of all words of a sentence, by what the model holds likely. */
async function drawLabels(
  { config, weights, evaluation }: Opened,
  example: Example,
  samples: number,
  random: CounterRandom,
): Promise<number[][]> {
  const { feeds, sizes, askedUnits } = batchOf(config, example);
  const given: Record<string, HostTensor> = { ...Object.fromEntries(weights), ...feeds };
  const read = evaluation.inputs.filter(({ name }) => name in given);
  const outputs = await evaluation.run(feedsFor<HostTensor>(
    evaluation.inputs,
    Object.fromEntries(read.map(({ name }) => [name, given[name]])),
    sizes,
  ));
  const numbers = (name: string) => outputs[name].data as Float32Array;
  const labels = Object.keys(config.id2label).length;
  // One sentence is one row of words.
  const words = Array.from({ length: numbers("emissions").length / labels }, (_, t) => t);
  const sampler = new PathSampler(rowsAt(numbers("emissions"), labels, words), {
    labels,
    ...(config.state_transitions
      ? { moves: rowsAt(numbers("moves"), labels * labels, words) }
      : {}),
    transitions: numbers("transitions"),
    start: numbers("start"),
    end: numbers("end"),
  });
  return Array.from({ length: samples }, () => {
    const path = sampler.sample(random);
    return askedUnits![0].map((word) => path[word]);
  });
}

/** Writes the gradients of a sentence's loss into `outputs`, and tells how many words that is a mean of. */
async function gradientOf(
  { config, weights, training }: Opened,
  example: Example,
  outputs: ReadonlyMap<string, FloatTensor>,
): Promise<number> {
  const { feeds, weight } = batchOf(config, example);
  await training.run({ ...Object.fromEntries(weights), ...feeds }, Object.fromEntries(outputs));
  return weight;
}
