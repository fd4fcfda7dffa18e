/**
 * Examples of one or several languages → a BiLSTM-CRF that labels words, trained inside ONNX Runtime.
 *
 * @module
 */
import { z } from "zod";
import type { Problem } from "../../lib/core/errors.ts";
import { forPeople } from "../../lib/core/words.ts";
import { trainFields } from "../../lib/experiment/train_params.ts";
import { trainStage } from "../../lib/experiment/train_stage.ts";
import { scratchOrTrained } from "../../lib/experiment/trained_start.ts";
import {
  checkWords,
  needsScan,
  refuseSmoothing,
  shapeBesideStart,
} from "../../lib/experiment/word_chains.ts";
import {
  type BilstmCrfConfig,
  parseBilstmCrfConfig,
  pieceEncoders,
} from "../../lib/models/bilstm_crf/config.ts";
import { bilstmCrfModel } from "../../lib/models/bilstm_crf/model.ts";
import type { ExampleFormat } from "../../lib/models/example_format.ts";

/** What the score of two labels in a row is made of. */
const transitionKinds = ["fixed", "state"] as const;

const width = z.int().positive().max(65_536);
const share = z.number().min(0).lt(1);

/** The shape, with the sizes of Mueller, Andrews & Dredze 2020 where it is left out. */
const shape = {
  pieceWidth: width.optional().describe("of a piece's vector: 256 by default; a start has its own"),
  pieceEncoder: z.enum(pieceEncoders).optional().describe(
    "what makes a word of its pieces: lstm, the default; or cnn, filters over a piece and its " +
      "neighbours, each with its greatest value (Ma & Hovy 2016)",
  ),
  pieceHidden: width.optional().describe(
    "of the state over a word's pieces, each way: 256 by default; with pieceEncoder: cnn the " +
      "number of filters: 30 by default; a start has its own",
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
  transitions: z.enum(transitionKinds).optional().describe(
    "fixed, the default: a score for each pair of labels; state: each word's state adds to the " +
      "scores of the pairs that end there, as in MasakhaNER's baseline",
  ),
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
}).superRefine((given, context) => {
  refuseSmoothing(given, context);
  if (given.pieceEncoder !== "cnn" || (given.pieceLayers ?? 1) === 1) return;
  const message = "expected 1 with pieceEncoder: cnn";
  context.addIssue({ code: "custom", path: ["pieceLayers"], message });
});

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
      return await scratchOrTrained(
        {
          model: bilstmCrfModel,
          architecture: "BilstmCrfForTokenClassification",
          configOf: (start) =>
            start
              ? {
                ...parseBilstmCrfConfig(start.published, start.what),
                dropout: params.dropout,
                word_dropout: params.wordDropout,
              }
              : newConfig(params, format),
        },
        params.seed,
        format,
        startInput,
      );
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
  const { pieceEncoder = "lstm" } = params;
  return {
    model_type: "bilstm_crf",
    vocab_size: vocabSize,
    piece_size: params.pieceWidth ?? 256,
    piece_encoder: pieceEncoder,
    piece_hidden_size: params.pieceHidden ?? (pieceEncoder === "cnn" ? 30 : 256),
    piece_layers: params.pieceLayers ?? (pieceEncoder === "cnn" ? 1 : 2),
    most_pieces: params.mostPieces ?? 64,
    word_buckets: params.wordBuckets ?? 0,
    word_size: params.wordWidth ?? 128,
    word_dropout: params.wordDropout,
    hidden_size: params.hidden ?? 256,
    layers: params.layers ?? 1,
    dropout: params.dropout,
    end_scores: params.endScores ?? false,
    ...(params.transitions === "state" ? { state_transitions: true } : {}),
    id2label: Object.fromEntries(labels.map((label, i) => [i, label])),
  };
}
