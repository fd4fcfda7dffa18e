/**
 * Examples of one or several languages → a BiLSTM-CRF that labels words, trained inside ONNX Runtime.
 *
 * @module
 */
import { z } from "zod";
import type { Problem } from "../../lib/core/errors.ts";
import { forPeople } from "../../lib/core/words.ts";
import { trainFields } from "../../lib/experiment/train_params.ts";
import { type PreparedModel, trainStage } from "../../lib/experiment/train_stage.ts";
import { trainedStart } from "../../lib/experiment/trained_start.ts";
import {
  checkWords,
  needsScan,
  refuseSmoothing,
  shapeBesideStart,
} from "../../lib/experiment/word_chains.ts";
import { type BilstmCrfConfig, parseBilstmCrfConfig } from "../../lib/models/bilstm_crf/config.ts";
import { bilstmCrfParameters } from "../../lib/models/bilstm_crf/graph.ts";
import { bilstmCrfModel } from "../../lib/models/bilstm_crf/model.ts";
import type { ExampleFormat } from "../../lib/models/example_format.ts";
import { initialise } from "../../lib/nn/parameters.ts";
import type { InputInstance } from "../../lib/plan/stage.ts";
import { tokenizerName } from "../../lib/tokenizers/tokenizer_source.ts";
import { readJson } from "../../lib/weights/published_files.ts";

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
}).superRefine(refuseSmoothing);

type Params = z.output<typeof params>;

/** Trains from random weights, or from another training's model. */
export const train = needsScan(
  "a BiLSTM-CRF",
  trainStage<BilstmCrfConfig, Params>({
    kind: "bilstm_crf.train",
    about: forPeople("trains a BiLSTM-CRF that labels words of their pieces"),
    model: bilstmCrfModel,
    params,
    refusesBeside: (params, named) =>
      named.has("start")
        ? shapeBesideStart(params, Object.keys(shape) as (keyof typeof shape)[])
        : dropoutOfNothing(params),
    reads: () => Promise.resolve({ facts: null, paths: [] }),
    async prepare(params, format, startInput) {
      checkWords("a BiLSTM-CRF", format);
      return startInput
        ? await continued(params, format, startInput)
        : fresh(params, newConfig(params, format), format);
    },
  }),
);

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
  start: InputInstance,
): Promise<PreparedModel<BilstmCrfConfig>> {
  const original = await readJson(start.files["config.json"]);
  const read = parseBilstmCrfConfig(original, `the config.json of ${start.instance}`);
  const config = { ...read, dropout, word_dropout: wordDropout };
  return {
    config,
    published: publishedOf(config, format),
    start: await trainedStart(start, original, format, bilstmCrfParameters(config)),
  };
}
