/**
 * Encoders that stay as they are, with adapters or a LoRA and a head that learn, as models.
 *
 * @module
 */
import type { EncoderConfig } from "../encoder/config.ts";
import { type Around, encoderGraph } from "../encoder/graph.ts";
import { type ClassifierConfig, classifierHead, encoderModel } from "../encoder/model.ts";
import { maskedHead } from "../masked/head.ts";
import { type MaskedConfig, maskedModel } from "../masked/model.ts";
import type { Model } from "../model.ts";
import { type NamedAdapter, stacked } from "./bottleneck.ts";
import { type LoraAdapter, lowRank } from "./lora.ts";

/** What is put around an encoder. */
export type Adapted =
  /** Adapters one on another, the last of which learns. */
  | { readonly stack: readonly NamedAdapter[] }
  | { readonly lora: LoraAdapter };

/** An encoder that classifies with what is put around it. */
export interface AdaptedConfig extends ClassifierConfig {
  readonly adapted: Adapted;
}

/** An encoder that guesses masked pieces with a language adapter around it. */
export interface AdaptedMaskedConfig extends MaskedConfig {
  readonly adapted: Adapted;
}

/** The model around an encoder. */
export function aroundOf(config: EncoderConfig, adapted: Adapted): Around {
  if ("lora" in adapted) return lowRank(config, adapted.lora);
  return stacked(config, adapted.stack, { learning: [adapted.stack.at(-1)!.name] });
}

/** Classifies words or texts. */
export const adaptedModel: Model<AdaptedConfig> = {
  ...encoderModel,
  name: "adapter",
  graph: ({ encoder, choice, tokenTypes, adapted }, options) =>
    encoderGraph(encoder, classifierHead(encoder, choice), {
      ...options,
      tokenTypes,
      around: aroundOf(encoder, adapted),
    }),
};

/** Guesses masked pieces; the head learns beside the adapter, the word embeddings do not. */
export const adaptedMaskedModel: Model<AdaptedMaskedConfig> = {
  ...maskedModel,
  name: "adapter",
  graph: ({ encoder, adapted }, options) =>
    encoderGraph(encoder, maskedHead(encoder), { ...options, around: aroundOf(encoder, adapted) }),
};
