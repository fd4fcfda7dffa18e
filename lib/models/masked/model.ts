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
import { type Masking, maskPieces, type MaskVocabulary } from "./masking.ts";

/** The shape of a masked language model, and which pieces it learns to guess. */
export interface MaskedConfig extends MaskVocabulary, Partial<Masking> {
  readonly encoder: EncoderConfig;
}

/** A masked language model. Its examples ask nothing: each batch masks pieces anew. */
export const maskedModel: Model<MaskedConfig> = {
  name: "masked",
  graph: ({ encoder }, options) => encoderGraph(encoder, maskedHead(encoder), options),
  batch: ({ encoder, ...masking }, examples, { seed, epoch, places }) =>
    encoderBatch(
      encoder,
      examples.map((example, i) => maskPieces(example, masking, seed, epoch, places[i])),
    ),
  answers: (_config, { logits }, batch) => classified(logits, batch, false),
};

/** The same for examples whose pieces are masked already. */
export const premaskedModel: Model<Pick<MaskedConfig, "encoder">> = {
  name: maskedModel.name,
  graph: ({ encoder }, options) => encoderGraph(encoder, maskedHead(encoder), options),
  batch: ({ encoder }, examples) => encoderBatch(encoder, examples),
  answers: (_config, { logits }, batch) => classified(logits, batch, false),
};
