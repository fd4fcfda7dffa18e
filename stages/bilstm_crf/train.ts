/**
 * Examples of one or several languages → a BiLSTM-CRF that labels words, trained inside ONNX Runtime.
 *
 * @module
 */
import { z } from "zod";
import type { Json } from "../../lib/core/canonical_json.ts";
import { type Problem, UserError } from "../../lib/core/errors.ts";
import { sha256File, sha256Json } from "../../lib/core/sha256.ts";
import { forPeople } from "../../lib/core/words.ts";
import { trainFields } from "../../lib/experiment/train_params.ts";
import { type PreparedModel, trainStage } from "../../lib/experiment/train_stage.ts";
import {
  type BilstmCrfConfig,
  labelsOf,
  parseBilstmCrfConfig,
} from "../../lib/models/bilstm_crf/config.ts";
import { bilstmCrfParameters } from "../../lib/models/bilstm_crf/graph.ts";
import { bilstmCrfModel } from "../../lib/models/bilstm_crf/model.ts";
import type { ExampleFormat } from "../../lib/models/example_format.ts";
import { initialise } from "../../lib/nn/parameters.ts";
import type { InputInstance } from "../../lib/plan/stage.ts";
import { tokenizerName } from "../../lib/tokenizers/tokenizer_source.ts";
import { readJson } from "../../lib/weights/published_files.ts";
import { readSafetensors } from "../../lib/weights/safetensors_file.ts";

const width = z.int().positive().max(65_536);
const share = z.number().min(0).lt(1);

/** The shape, with the sizes of Mueller, Andrews & Dredze 2020 where it is left out. */
const shape = {
  pieceWidth: width.optional().describe("of a piece's vector: 256 by default; a start has its own"),
  pieceHidden: width.optional().describe(
    "of the state over a word's pieces, each way: 256 by default; a start has its own",
  ),
  pieceLayers: z.int().positive().max(100).optional().describe(
    "over a word's pieces; the last states of all of them make the word: 2 by default",
  ),
  mostPieces: width.optional().describe("pieces that are read of a word: the first 64 by default"),
  wordBuckets: z.int().nonnegative().max(2 ** 24).optional().describe(
    "rows of a table of whole words beside their pieces, found by a hash: 0, none, by default",
  ),
  wordWidth: width.optional().describe("of a whole word's vector: 128 by default"),
  hidden: width.optional().describe("of the state over words, each way: 256 by default"),
  layers: z.int().positive().max(100).optional().describe("over words: 1 by default"),
  endScores: z.boolean().optional().describe(
    "whether first and last labels have scores of their own: false by default, as published",
  ),
};

const params = z.strictObject({
  ...trainFields,
  ...shape,
  dropout: share.default(0.2).describe("at the inputs and outputs of all layers"),
  wordDropout: share.default(0).describe(
    "share of the words whose whole vector is left out, so that pieces alone tell unknown words",
  ),
}).superRefine(({ labelSmoothing }, { addIssue }) => {
  if (labelSmoothing === 0) return;
  const message = "expected 0, as a CRF's loss is of whole sentences";
  addIssue({ code: "custom", path: ["labelSmoothing"], message });
});

type Params = z.output<typeof params>;

/** Trains from random weights, or from another training's model. */
export const train = trainStage<BilstmCrfConfig, Params>({
  kind: "bilstm_crf.train",
  about: forPeople("trains a BiLSTM-CRF that labels words of their pieces"),
  model: bilstmCrfModel,
  params,
  refusesBeside: (params, named) =>
    named.has("start") ? shapeBesideStart(params) : dropoutOfNothing(params),
  reads: () => Promise.resolve({ facts: null, paths: [] }),
  async prepare(params, format, startInput) {
    if (format.asks !== "words" || format.labelledPieces !== "first") {
      throw new UserError({
        message: "Cannot train a BiLSTM-CRF on examples that do not ask once for each word",
        hint: "tokenize for a task of words such as ner.tokenize, with labels: first",
      });
    }
    return startInput
      ? await continued(params, format, startInput)
      : fresh(params, newConfig(params, format), format);
  },
});

function shapeBesideStart(params: Params): Problem[] {
  return (Object.keys(shape) as (keyof typeof shape)[])
    .filter((name) => params[name] !== undefined)
    .map((name) => ({
      message: `Cannot use param "${name}" beside input "start", which has a shape already`,
      hint: `leave ${name} out, or the input`,
      param: [name],
    }));
}

function dropoutOfNothing({ wordDropout, wordBuckets = 0 }: Params): Problem[] {
  return wordDropout === 0 || wordBuckets > 0 ? [] : [{
    message: `Cannot leave out a share of ${wordDropout} of the whole words, as there are none`,
    hint: "give wordBuckets, or leave wordDropout out",
    param: ["wordDropout"],
  }];
}

function newConfig(params: Params, { vocabSize, labels }: ExampleFormat): BilstmCrfConfig {
  return {
    model_type: "bilstm_crf",
    vocab_size: vocabSize,
    piece_size: params.pieceWidth ?? 256,
    piece_hidden_size: params.pieceHidden ?? 256,
    piece_layers: params.pieceLayers ?? 2,
    most_pieces: params.mostPieces ?? 64,
    word_buckets: params.wordBuckets ?? 0,
    word_size: params.wordWidth ?? 128,
    word_dropout: params.wordDropout,
    hidden_size: params.hidden ?? 256,
    layers: params.layers ?? 1,
    dropout: params.dropout,
    end_scores: params.endScores ?? false,
    id2label: Object.fromEntries(labels.map((label, i) => [i, label])),
  };
}

function publishedOf(config: BilstmCrfConfig, { tokenizer, tokenTypes }: ExampleFormat) {
  return {
    architectures: ["BilstmCrfForTokenClassification"],
    ...config,
    crosstie: { tokenizer: tokenizerName(tokenizer), tokenTypes },
  };
}

function fresh(
  { seed }: Params,
  config: BilstmCrfConfig,
  format: ExampleFormat,
): PreparedModel<BilstmCrfConfig> {
  const initial = initialise(bilstmCrfParameters(config), seed);
  return {
    config,
    published: publishedOf(config, format),
    start: { identity: { random: "bilstm_crf", seeded: true }, initial },
  };
}

/** Goes on with all weights of another training of the same labels and pieces. */
async function continued(
  { dropout, wordDropout }: Params,
  format: ExampleFormat,
  { instance, files, digests }: InputInstance,
): Promise<PreparedModel<BilstmCrfConfig>> {
  const original = await readJson(files["config.json"]);
  const read = parseBilstmCrfConfig(original, `the config.json of ${instance}`);
  const config = { ...read, dropout, word_dropout: wordDropout };
  const { tokenizer } = Object(Object(original).crosstie) as { tokenizer?: string };
  const [known, given] = [labelsOf(config).join(", "), format.labels.join(", ")];
  if (known !== given || tokenizer !== tokenizerName(format.tokenizer)) {
    throw new UserError({
      message: `Cannot start from ${instance}, which has the labels [${known}] of the tokenizer ` +
        `${tokenizer}: got [${given}] of ${tokenizerName(format.tokenizer)}`,
      hint: "tokenize with the same tokenizer and entityTypes, in the same order",
    });
  }
  const path = files["model.safetensors"];
  const weights = await readSafetensors(path);
  const initial = new Map(
    bilstmCrfParameters(config).map(({ name, shape }) => {
      const tensor = weights.get(name);
      if (tensor?.dims.join() === shape.join()) return [name, tensor.data];
      throw new UserError(
        `Cannot start from ${instance}: its ${name} must be [${shape}]: got [${tensor?.dims}]`,
      );
    }),
  );
  const digest = digests?.["model.safetensors"] ?? (await sha256File(path)).digest;
  return {
    config,
    published: publishedOf(config, format),
    start: {
      identity: { trained: sha256Json([digest, original as Json]) },
      initial,
      line: `starts from ${instance}`,
    },
  };
}
