/**
 * The names that published checkpoints give their tensors, where they differ from a model's own.
 *
 * @module
 */
import type { EncoderConfig } from "../models/encoder/config.ts";
import { embeddingNames, familyOf } from "../models/encoder/families.ts";

/** Tensors that other heads and older versions leave in a checkpoint, below or beside the encoder. */
const leftAside = [
  /\.embeddings\.(position_ids|token_type_ids)$/,
  /^(roberta|bert)\.pooler\./,
  /^lm_head\./,
  /^cls\./,
  /^vocab_(transform|layer_norm|projector)\./,
  /^(pre_)?classifier\./,
  /^qa_outputs\./,
];

/** Whether a tensor that a model does not take belongs to a head that it does not have. */
export function isOfAnotherHead(name: string): boolean {
  return leftAside.some((pattern) => pattern.test(name));
}

/**
 * For the name of every parameter that a checkpoint holds, the name of its tensor there: published
 * encoders may lack the family's prefix, call LayerNorm's parameters gamma and beta, and store a
 * tied tensor under its other name.
 */
export function publishedNames(
  config: EncoderConfig,
  tensors: readonly string[],
): Map<string, string> {
  const { prefix } = familyOf(config);
  const bare = !tensors.some((name) => name.startsWith(`${prefix}.`));
  const tied: Readonly<Record<string, string>> = {
    "lm_head.decoder.weight": `${embeddingNames(config).words}.weight`,
    "cls.predictions.decoder.weight": `${embeddingNames(config).words}.weight`,
    "vocab_projector.weight": `${embeddingNames(config).words}.weight`,
    "lm_head.decoder.bias": "lm_head.bias",
    "cls.predictions.decoder.bias": "cls.predictions.bias",
  };
  const names = new Map(tensors.map((tensor) => {
    const name = tensor
      .replace(/LayerNorm\.gamma$/, "LayerNorm.weight")
      .replace(/LayerNorm\.beta$/, "LayerNorm.bias");
    const isEncoders = /^(embeddings|encoder|transformer|pooler)\./.test(name);
    return [bare && isEncoders ? `${prefix}.${name}` : name, tensor];
  }));
  for (const [copy, name] of Object.entries(tied)) {
    const tensor = names.get(copy);
    if (tensor === undefined || names.has(name)) continue;
    names.set(name, tensor);
    names.delete(copy);
  }
  return names;
}
