/**
 * Trains models of every task and every kind of start through the stages, with what they predict,
 * for scripts/references/load_models.py to load in Python.
 *
 * Usage: deno run -A scripts/references/write_models.ts FOLDER [NAME…] [--ud=LANGUAGE]
 *
 * NAMEs are like bert.ner; all, if left out. With --ud, parts of speech are those of a treebank, from
 * the mirror at CROSSTIE_MIRROR or the public address, in place of the sample's.
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { device } from "../../lib/engine/cpu.ts";
import { encoderBatch } from "../../lib/models/encoder/batch.ts";
import { modelTypes } from "../../lib/models/encoder/config.ts";
import { readExampleFormat } from "../../lib/models/example_format.ts";
import { maskPieces } from "../../lib/models/masked/masking.ts";
import { maskedModel } from "../../lib/models/masked/model.ts";
import type { InputInstance } from "../../lib/plan/stage.ts";
import { runStage, type StageRun } from "../../lib/plan/testdata/run_stage.ts";
import { Predictor } from "../../lib/predict/predictor.ts";
import { readTable } from "../../lib/table/parquet_tables.ts";
import { examplesTable } from "../../lib/table/schemas/examples.ts";
import { predictionsTable } from "../../lib/table/schemas/predictions.ts";
import { sentencesTable } from "../../lib/table/schemas/sentences.ts";
import { readConfig } from "../../lib/weights/published_weights.ts";
import { readSafetensors } from "../../lib/weights/safetensors_file.ts";
import { stages } from "../../stages/mod.ts";
import { type Task, tasks, textClasses, writeCorpus } from "./sample_tasks.ts";

/** What a model starts from, and the tokenizer that it reads with. */
export interface Start {
  readonly name: string;
  readonly tokenizer: string;
  /** Pieces; the small published encoders have no more positions. */
  readonly maxTokens: number;
  /** Params of the train stage. */
  readonly encoder: Readonly<Record<string, unknown>>;
}

const small = { layers: 1, width: 32, heads: 4, initialisation: "normal" };

/** New encoders with every kind of tokenizer, and a published one of every family. */
export const starts: readonly Start[] = [
  { name: "bytes", tokenizer: "bytes", maxTokens: 256, encoder: small },
  ...["trained", "word_piece", "byte_bpe"].map((name) => ({
    name,
    tokenizer: `tests/fixtures/tokenizers/${name}.json`,
    maxTokens: 256,
    encoder: small,
  })),
  ...modelTypes.map((name) => ({
    name,
    tokenizer: "bytes",
    maxTokens: 64,
    encoder: { encoder: `tests/fixtures/hub_checkpoints/trainable/${name}` },
  })),
];

/** Sentences at most whose answers are written. */
const comparedSentences = 200;

/** What a sentence was read as, and what a model said of it. */
interface AnsweredSentence {
  readonly words?: readonly string[];
  readonly text?: string;
  readonly pair?: readonly string[];
  readonly inputIds: readonly number[];
  /** Of a masked language model: the pieces with some hidden, and where. */
  readonly masked?: readonly number[];
  readonly asked?: readonly number[];
  readonly gold: readonly (string | number)[];
  readonly predicted: readonly (string | number)[];
  /** −ln p of the right answers, nats. */
  readonly losses: readonly number[];
}

/**
 * Tokenizes a task's sample.
 *
 * @param treebank language of a treebank to be read in its place
 */
export async function tokenizeSample(
  task: Task,
  { tokenizer, maxTokens }: Start,
  folder: string,
  treebank?: string,
): Promise<InputInstance> {
  const corpus = task === "pos" && treebank !== undefined
    ? await readTreebank(treebank, join(folder, "corpus"))
    : await writeCorpus(task, join(folder, "corpus"), maxTokens - 2);
  const { instance } = await runStage(
    await stages[`${task}.tokenize`].load(),
    join(folder, "examples"),
    { tokenizer, maxTokens, ...task === "classify" ? { classes: textClasses } : {} },
    { corpus: [corpus], tokenizer: [] },
  );
  return instance;
}

/** Some sentences of a treebank; more of the test split than are compared, as some may be too long. */
async function readTreebank(language: string, folder: string): Promise<InputInstance> {
  const { instance } = await runStage(await stages.download.load(), folder, {
    corpus: "ud",
    language,
    limit: { train: 120, validation: 24, test: 3 * comparedSentences },
  }, {});
  return instance;
}

/** Trains a model of a task; gives its files. */
export async function trainModel(
  task: Task,
  { encoder }: Start,
  folder: string,
  examples: InputInstance,
  params: Readonly<Record<string, unknown>> = {},
): Promise<StageRun> {
  return await runStage(
    await stages[task === "mlm" ? "mlm.train" : "encoder.train"].load(),
    folder,
    {
      ...encoder,
      seed: 1,
      epochs: task === "classify" || task === "entail" ? 24 : 8,
      batchSize: 8,
      learningRate: 0.01,
      ...params,
    },
    { examples: [examples], watch: [], start: [] },
    { device },
  );
}

/**
 * What a classifier says of the test split, sentence by sentence. Those that were cut are left out:
 * transformers cuts within words.
 */
async function answersOf(
  task: Task,
  model: InputInstance,
  examples: InputInstance,
  folder: string,
): Promise<AnsweredSentence[]> {
  const { instance } = await runStage(
    await stages["encoder.predict"].load(),
    folder,
    { decoding: "argmax" },
    { model: [model], examples: [examples] },
  );
  const rows = await readTable(predictionsTable, instance.files["predictions.parquet"]);
  const bySentence = Map.groupBy(rows, ({ sentence }) => sentence);
  const read = await readTable(examplesTable, examples.files["test.parquet"]);
  const whole = read.filter(({ sentence }) => bySentence.get(sentence)!.every(({ lost }) => !lost));
  return whole.slice(0, comparedSentences).map(({ sentence, units, inputIds }) => {
    const own = bySentence.get(sentence)!;
    return {
      ...readOf(task, units),
      inputIds,
      gold: own.map(({ gold }) => gold),
      predicted: own.map(({ predicted }) => predicted),
      losses: own.map(({ loss }) => loss!),
    };
  });
}

/** What a tokenizer reads of the units of a sentence. */
function readOf(task: Task, units: readonly string[]) {
  if (task === "entail") return { pair: units[0].split("\n") };
  return task === "classify" ? { text: units[0] } : { words: units };
}

/** What a masked language model says of the test split, of which some pieces are hidden. */
async function guessesOf(
  { files }: InputInstance,
  examples: InputInstance,
  corpus: readonly { readonly tokens: readonly string[] }[],
  folder: string,
): Promise<AnsweredSentence[]> {
  const { vocabSize, maskId } = await readExampleFormat(examples.files["encoding.json"]);
  const config = { vocabSize, maskId: maskId!, encoder: (await readConfig(folder)).config };
  const read = await readTable(examplesTable, examples.files["test.parquet"]);
  // All that is asked is hidden: were it replaced by the piece that pads, transformers would count
  // positions without it.
  const hidden = read.map((example, i) => {
    const { asked, gold } = maskPieces(example, config, "references", i);
    const inputIds = example.inputIds.map((id, t) => asked.includes(t) ? config.maskId : id);
    return { ...example, inputIds, asked, gold };
  });
  const predictor = await Predictor.create(
    { ...maskedModel, batch: ({ encoder }, masked) => encoderBatch(encoder, masked) },
    config,
    await Deno.readFile(files["eval_model.onnx"]),
    await readSafetensors(files["model.safetensors"]),
    { threads: 1 },
  );
  const answers = await predictor.answer(hidden);
  await predictor.release();
  return read.map(({ inputIds }, i) => ({
    words: corpus[i].tokens,
    inputIds,
    masked: hidden[i].inputIds,
    asked: hidden[i].asked,
    gold: hidden[i].gold,
    predicted: answers[i].map(({ label }) => label),
    losses: answers[i].map(({ loss }) => loss),
  }));
}

/** Writes `FOLDER/<start>.<task>/` with a trained model and its predictions.json. */
async function writeModel(
  folder: string,
  start: Start,
  task: Task,
  treebank?: string,
): Promise<string> {
  const to = join(folder, `${start.name}.${task}`);
  const work = join(folder, "work", `${start.name}.${task}`);
  const examples = await tokenizeSample(task, start, work, treebank);
  const { instance, lines } = await trainModel(task, start, to, examples);
  const sentences = task === "mlm"
    ? await guessesOf(
      instance,
      examples,
      await readTable(sentencesTable, join(work, "corpus/test.parquet")),
      to,
    )
    : await answersOf(task, instance, examples, join(work, "predictions"));
  await Deno.writeTextFile(join(to, "predictions.json"), JSON.stringify({ sentences }) + "\n");
  return `${start.name}.${task}: ${lines.at(-1)}`;
}

if (import.meta.main) {
  const { values: { ud }, positionals: [folder, ...names] } = parseArgs({
    allowPositionals: true,
    options: { ud: { type: "string" } },
  });
  if (!folder) throw new Error("Cannot write models without a folder: name one");
  for (const start of starts) {
    for (const task of tasks) {
      if (names.length > 0 && !names.includes(`${start.name}.${task}`)) continue;
      console.log(await writeModel(folder, start, task, ud));
    }
  }
}
