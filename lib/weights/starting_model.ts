/**
 * The model that a training starts with: a new small one, or a published checkpoint.
 *
 * @module
 */
import { type EncoderConfig, parseEncoderConfig } from "../models/encoder/config.ts";
import type { PublishedConfig } from "../models/encoder/published_config.ts";
import type { TextEncoding } from "../text/encoding.ts";
import { checkTokenizer, readHubFolder } from "./hub_folder.ts";
import type { InitialisationName, Start } from "./starting_weights.ts";

/** The width of a new encoder that does not say it. */
export const defaultWidth = 128;

/** The attention heads of a new encoder that does not say it. */
export const defaultHeads = 8;

/** A published checkpoint, or the shape of a new encoder. */
export interface ModelChoice {
  /** A checkpoint's folder; it has the shape already. */
  readonly checkpoint?: string;
  /** 2 if left out. */
  readonly layers?: number;
  /** {@linkcode defaultWidth} if left out. */
  readonly width?: number;
  /** {@linkcode defaultHeads} if left out. */
  readonly heads?: number;
  /** Width of the feed-forward part; 4 × width if left out. */
  readonly inner?: number;
  /** offsetHeads if left out. */
  readonly initialisation?: InitialisationName;
  /** The checkpoint's, or 0.1, if left out. */
  readonly dropout?: number;
  /** The checkpoint's, or 0, if left out. */
  readonly attentionDropout?: number;
}

/** Where weights come from, and the shape of the encoder. */
export interface StartingModel {
  readonly start: Start;
  readonly config: EncoderConfig;
  /** The checkpoint's config.json; nothing for a new encoder. */
  readonly original: PublishedConfig;
}

/**
 * The model that a choice stands for.
 *
 * @param encoding gives a new encoder its vocabulary and number of positions
 * @param base what the checkpoint's path is relative to
 * @throws {UserError} when there is no such checkpoint, it cannot be used or has another tokenizer,
 * or when a shape is wrong
 */
export async function startingModel(
  choice: ModelChoice,
  encoding: Pick<TextEncoding, "tokenizer" | "vocabSize" | "padId" | "maxTokens">,
  base: string,
): Promise<StartingModel> {
  const { checkpoint, initialisation = "offsetHeads" } = choice;
  if (checkpoint === undefined) {
    const config = newConfig(choice, encoding);
    return { start: { kind: "random", initialisation }, config, original: {} };
  }
  const { config, published, folder, digest } = await readHubFolder(checkpoint, base);
  await checkTokenizer({ folder, published }, encoding.tokenizer);
  const {
    dropout = config.hidden_dropout_prob,
    attentionDropout = config.attention_probs_dropout_prob,
  } = choice;
  return {
    start: { kind: "checkpoint", folder, digest },
    config: {
      ...config,
      hidden_dropout_prob: dropout,
      attention_probs_dropout_prob: attentionDropout,
    },
    original: published,
  };
}

/** The shape of a new encoder, a small XLM-R. */
export function newConfig(
  {
    layers = 2,
    width = defaultWidth,
    heads = defaultHeads,
    inner = 4 * width,
    dropout = 0.1,
    attentionDropout = 0,
  }: ModelChoice,
  { vocabSize, padId, maxTokens }: Pick<TextEncoding, "vocabSize" | "padId" | "maxTokens">,
): EncoderConfig {
  return parseEncoderConfig({
    model_type: "xlm-roberta",
    vocab_size: vocabSize,
    hidden_size: width,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    intermediate_size: inner,
    hidden_dropout_prob: dropout,
    attention_probs_dropout_prob: attentionDropout,
    // Positions count from padId + 1.
    max_position_embeddings: maxTokens + padId + 1,
    type_vocab_size: 1,
    layer_norm_eps: 1e-5,
    initializer_range: 0.02,
    pad_token_id: padId,
  });
}
