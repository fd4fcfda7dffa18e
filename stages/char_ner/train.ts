/**
 * Examples of one or several languages → a CharNER that tags entities, trained inside ONNX Runtime.
 *
 * @module
 */
import { z } from "zod";
import { forPeople } from "../../lib/core/words.ts";
import { trainFields } from "../../lib/experiment/train_params.ts";
import { trainStage } from "../../lib/experiment/train_stage.ts";
import { scratchOrTrained } from "../../lib/experiment/trained_start.ts";
import { checkBytes, needsScan, shapeBesideStart } from "../../lib/experiment/word_chains.ts";
import { type CharNerConfig, parseCharNerConfig } from "../../lib/models/char_ner/config.ts";
import { charNerModel } from "../../lib/models/char_ner/model.ts";
import type { ExampleFormat } from "../../lib/models/example_format.ts";

const width = z.int().positive().max(65_536);
const share = z.number().min(0).lt(1);

/** The shape, with the sizes of Kuru et al. 2016 where it is left out. */
const shape = {
  pieceWidth: width.optional().describe("of a byte's vector: 128 by default; a start has its own"),
  hidden: width.optional().describe(
    "of the state of each layer, each way: 128 by default; a start has its own",
  ),
  layers: z.int().positive().max(100).optional().describe("5 by default; a start has its own"),
};

const params = z.strictObject({
  ...trainFields,
  ...shape,
  pieceDropout: share.default(0.2).describe("share of the bytes whose whole vector is left out"),
  // NOTE: the text names one rate for all layers; these are those of the released code.
  outputDropout: z.array(share).default([0.5, 0.5, 0.5, 0.5, 0.8]).describe(
    "at the output of each layer, from the lowest, as in the released code; layers without one of " +
      "their own have none",
  ),
});

type Params = z.output<typeof params>;

/** Trains from random weights, or from another training's model. */
export const train = needsScan(
  "CharNER",
  trainStage<CharNerConfig, Params>({
    kind: "char_ner.train",
    about: forPeople("trains a CharNER, which gives an entity type to every byte"),
    model: charNerModel,
    params,
    refusesBeside: (params, named) =>
      named.has("start")
        ? shapeBesideStart(params, Object.keys(shape) as (keyof typeof shape)[])
        : [],
    reads: () => Promise.resolve({ facts: null, paths: [] }),
    async prepare(params, format, start) {
      checkBytes("CharNER", format);
      return await scratchOrTrained(
        {
          model: charNerModel,
          architecture: "CharNerForTokenClassification",
          configOf: (start) => ({
            ...start ? parseCharNerConfig(start.published, start.what) : newShape(params, format),
            piece_dropout: params.pieceDropout,
            output_dropout: params.outputDropout,
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
    model_type: "char_ner",
    vocab_size: vocabSize,
    piece_size: params.pieceWidth ?? 128,
    hidden_size: params.hidden ?? 128,
    layers: params.layers ?? 5,
    id2label: Object.fromEntries(labels.map((label, i) => [i, label])),
  } as const;
}
