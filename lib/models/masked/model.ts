/**
 * Masked language models: an encoder learns to guess masked pieces from the others.
 *
 * @module
 */
import { encoderBatch } from "../encoder/batch.ts";
import type { EncoderConfig } from "../encoder/config.ts";
import { encoderGraph } from "../encoder/graph.ts";
import { classified } from "../encoder/model.ts";
import type { Model } from "../model.ts";
import { maskedHead } from "./head.ts";
import { maskPieces } from "./masking.ts";

/** The shape of a masked language model. */
export interface MaskedConfig {
  readonly encoder: EncoderConfig;
  /** The number of the tokenizer's pieces, any of which may replace a masked one. */
  readonly vocabSize: number;
  /** The piece that hides another. */
  readonly maskId: number;
}

/** A masked language model. Its examples ask nothing: each batch masks pieces anew. */
export const maskedModel: Model<MaskedConfig> = {
  name: "masked",
  graph: ({ encoder }, options) => encoderGraph(encoder, maskedHead(encoder), options),
  batch: ({ encoder, vocabSize, maskId }, examples, { seed, epoch, places }) =>
    encoderBatch(
      encoder,
      examples.map((example, i) =>
        maskPieces(example, { vocabSize, maskId }, seed, epoch, places[i])
      ),
    ),
  answers: (_config, { logits }, batch) => classified(logits, batch, false),
};
