/**
 * What tells the families of encoders apart: the names of their parameters and where positions start.
 *
 * @module
 */
import { UserError } from "../../core/errors.ts";
import type { EncoderConfig, ModelType } from "./config.ts";

/** The modules of one layer; each has a `.weight` and a `.bias`. */
export interface LayerNames {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly attentionOutput: string;
  readonly attentionNorm: string;
  /** D → inner width. */
  readonly expand: string;
  /** Inner width → D. */
  readonly contract: string;
  readonly outputNorm: string;
}

/** One family, as its models are published. */
export interface EncoderFamily {
  /** The first part of its classes' names in transformers, such as `XLMRoberta`. */
  readonly className: string;
  /** The module that holds the encoder in a model with a head. */
  readonly prefix: string;
  /** The layers' place below the prefix. */
  readonly layers: string;
  /** The modules of a layer, below the layer. */
  readonly layerNames: LayerNames;
  /** Whether positions count from `pad_token_id + 1`, and padding keeps a row of its own. */
  readonly positionsAfterPadding: boolean;
}

const bertLayer: LayerNames = {
  query: "attention.self.query",
  key: "attention.self.key",
  value: "attention.self.value",
  attentionOutput: "attention.output.dense",
  attentionNorm: "attention.output.LayerNorm",
  expand: "intermediate.dense",
  contract: "output.dense",
  outputNorm: "output.LayerNorm",
};

const roberta: EncoderFamily = {
  className: "Roberta",
  prefix: "roberta",
  layers: "encoder.layer",
  layerNames: bertLayer,
  positionsAfterPadding: true,
};

const families: Readonly<Record<ModelType, EncoderFamily>> = {
  // Liu et al. 2019
  "roberta": roberta,
  // Conneau et al. 2020
  "xlm-roberta": { ...roberta, className: "XLMRoberta" },
  // Devlin et al. 2019
  "bert": { ...roberta, className: "Bert", prefix: "bert", positionsAfterPadding: false },
  // Sanh et al. 2019
  "distilbert": {
    className: "DistilBert",
    prefix: "distilbert",
    layers: "transformer.layer",
    layerNames: {
      query: "attention.q_lin",
      key: "attention.k_lin",
      value: "attention.v_lin",
      attentionOutput: "attention.out_lin",
      attentionNorm: "sa_layer_norm",
      expand: "ffn.lin1",
      contract: "ffn.lin2",
      outputNorm: "output_layer_norm",
    },
    positionsAfterPadding: false,
  },
};

/** The family of an encoder. */
export function familyOf({ model_type }: Pick<EncoderConfig, "model_type">): EncoderFamily {
  return families[model_type];
}

/** The modules of the embeddings; a family without token types has no such parameter. */
export function embeddingNames(config: EncoderConfig) {
  const name = `${familyOf(config).prefix}.embeddings`;
  return {
    words: `${name}.word_embeddings`,
    positions: `${name}.position_embeddings`,
    tokenTypes: `${name}.token_type_embeddings`,
    norm: `${name}.LayerNorm`,
  };
}

/** The modules of layer `index`, from 0. */
export function layerNames(config: EncoderConfig, index: number): LayerNames {
  const { prefix, layers, layerNames } = familyOf(config);
  const below = (part: string) => `${prefix}.${layers}.${index}.${part}`;
  return {
    query: below(layerNames.query),
    key: below(layerNames.key),
    value: below(layerNames.value),
    attentionOutput: below(layerNames.attentionOutput),
    attentionNorm: below(layerNames.attentionNorm),
    expand: below(layerNames.expand),
    contract: below(layerNames.contract),
    outputNorm: below(layerNames.outputNorm),
  };
}

/**
 * The position id of a sentence's first piece; those of the next pieces follow by ones. Padding may
 * have any position, as nothing reads it.
 */
export function firstPosition(config: EncoderConfig): number {
  return familyOf(config).positionsAfterPadding ? config.pad_token_id + 1 : 0;
}

/** How an encoder numbers what it reads: the id of padding, and {@linkcode firstPosition}. */
export function inputIdScheme(config: EncoderConfig): { padId: number; firstPosition: number } {
  return { padId: config.pad_token_id, firstPosition: firstPosition(config) };
}

/** The greatest number of pieces, special tokens included, that an encoder has positions for. */
export function longestInput(config: EncoderConfig): number {
  return config.max_position_embeddings - firstPosition(config);
}

/**
 * Checks that an encoder has positions for the longest sentence.
 *
 * @param tokens the greatest number of pieces in a sentence, special tokens included
 * @throws {UserError} with both numbers
 */
export function checkLength(config: EncoderConfig, tokens: number): void {
  const longest = longestInput(config);
  if (tokens <= longest) return;
  throw new UserError({
    message: `Cannot read sentences of ${tokens} tokens, as the encoder has positions for ` +
      `${longest} of them: max_position_embeddings is ${config.max_position_embeddings}`,
    hint: `tokenize with maxTokens: ${longest} or less`,
  });
}
