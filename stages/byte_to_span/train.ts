/**
 * Examples of one or several languages → a byte-to-span model, trained inside ONNX Runtime.
 *
 * @module
 */
import { z } from "zod";
import { forPeople } from "../../lib/core/words.ts";
import { trainFields } from "../../lib/experiment/train_params.ts";
import { trainStage } from "../../lib/experiment/train_stage.ts";
import { scratchOrTrained } from "../../lib/experiment/trained_start.ts";
import { checkBytes, needsScan, shapeBesideStart } from "../../lib/experiment/word_chains.ts";
import {
  type ByteToSpanConfig,
  parseByteToSpanConfig,
} from "../../lib/models/byte_to_span/config.ts";
import { byteToSpanModel } from "../../lib/models/byte_to_span/model.ts";
import type { ExampleFormat } from "../../lib/models/example_format.ts";

const width = z.int().positive().max(65_536);
const share = z.number().min(0).lt(1);

/** The shape, with the sizes of Mueller, Andrews & Dredze 2020 where it is left out. */
const shape = {
  pieceWidth: width.optional().describe(
    "of the vectors of bytes and symbols: 256 by default; a start has its own",
  ),
  hidden: width.optional().describe(
    "of the state of each layer: 320 by default; a start has its own",
  ),
  layers: z.int().positive().max(100).optional().describe(
    "of the encoder, and of the decoder: 4 by default; a start has its own",
  ),
  window: z.int().min(4).max(1_000).optional().describe(
    "bytes that are read at once: 60 by default; a start has its own",
  ),
};

const params = z.strictObject({
  ...trainFields,
  ...shape,
  overlap: z.int().nonnegative().default(30).describe(
    "bytes that windows share with the next one, where the model answers",
  ),
  trainStride: z.int().positive().default(1).describe(
    "bytes from a training window to the next one: 1 as published, which reads a byte in some 60 of " +
      "them; with more, windows begin at another byte in every epoch",
  ),
  mostSpans: z.int().positive().max(1_000).default(20).describe(
    "spans of a window at most, where the model answers",
  ),
  byteDropout: share.default(0.3).describe("share of bytes that are hidden in training"),
  dropout: share.default(0).describe("at the outputs of layers"),
});

type Params = z.output<typeof params>;

/** Trains from random weights, or from another training's model. */
export const train = needsScan(
  "a byte-to-span model",
  trainStage<ByteToSpanConfig, Params>({
    kind: "byte_to_span.train",
    about: forPeople("trains a model that reads windows of bytes and says spans"),
    model: byteToSpanModel,
    params,
    refusesBeside: (params, named) => [
      ...named.has("start")
        ? shapeBesideStart(params, Object.keys(shape) as (keyof typeof shape)[])
        : [],
      ...params.overlap < (params.window ?? 60) ? [] : [{
        message: `Cannot share ${params.overlap} bytes of windows of ${params.window ?? 60}`,
        hint: "give an overlap below window",
        param: ["overlap"],
      }],
    ],
    reads: () => Promise.resolve({ facts: null, paths: [] }),
    async prepare(params, format, start) {
      checkBytes("a byte-to-span model", format);
      return await scratchOrTrained(
        {
          model: byteToSpanModel,
          architecture: "ByteToSpanForTokenClassification",
          configOf: (start) => ({
            ...start
              ? parseByteToSpanConfig(start.published, start.what)
              : newShape(params, format),
            overlap: params.overlap,
            train_stride: params.trainStride,
            most_spans: params.mostSpans,
            byte_dropout: params.byteDropout,
            dropout: params.dropout,
          }),
        },
        params.seed,
        format,
        start,
      );
    },
  }),
);

function newShape(params: Params, { vocabSize, labels }: ExampleFormat) {
  return {
    model_type: "byte_to_span",
    vocab_size: vocabSize,
    piece_size: params.pieceWidth ?? 256,
    hidden_size: params.hidden ?? 320,
    layers: params.layers ?? 4,
    window: params.window ?? 60,
    id2label: Object.fromEntries(labels.map((label, i) => [i, label])),
  } as const;
}
