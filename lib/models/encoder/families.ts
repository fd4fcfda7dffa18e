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
 * The position id of a sentence's first piece; those of the next pieces follow by ones, but for
 * pieces that are `pad_token_id` (see {@linkcode encoderPositions}). Padding may have any position,
 * as nothing reads it.
 */
export function firstPosition(config: EncoderConfig): number {
  return familyOf(config).positionsAfterPadding ? config.pad_token_id + 1 : 0;
}

/**
 * An encoder that is fed by a tokenizer: it pads with the tokenizer's piece, whatever its published
 * config.json says.
 *
 * NOTE: where positions count from `pad_token_id + 1` it stays as published, as the position table
 * was trained with it and transformers counts from it; the tokenizer's padding is hidden all the
 * same. In transformers the row of `pad_token_id` never learns, even where the tokenizer has another
 * piece there; here every row learns that is read.
 */
export function paddedBy(config: EncoderConfig, padId: number): EncoderConfig {
  return familyOf(config).positionsAfterPadding ? config : { ...config, pad_token_id: padId };
}

/**
 * The position ids of a sentence's pieces.
 *
 * NOTE: where positions count from `pad_token_id + 1`, a piece with that very id is not counted and
 * has the position `pad_token_id`, in the midst of a sentence too: transformers tells padding by the
 * id alone (`create_position_ids_from_input_ids`).
 */
export function encoderPositions(config: EncoderConfig, inputIds: readonly number[]): number[] {
  const { pad_token_id: padId } = config;
  let next = firstPosition(config);
  return inputIds.map((id) =>
    familyOf(config).positionsAfterPadding && id === padId ? padId : next++
  );
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
