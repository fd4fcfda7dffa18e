/**
 * The encoder of every family as symbolic tensors: embeddings and post-norm transformer layers.
 *
 * Activations are rows [B·T, D] in sequence-first order (row t·B + b), so that attention reads its
 * heads where they lie.
 *
 * @module
 */
import { productOf } from "../../autodiff/dims.ts";
import { add, gelu } from "../../autodiff/elementwise.ts";
import { layerNorm, softmax } from "../../autodiff/normalisation.ts";
import type { Tensor } from "../../autodiff/primitive.ts";
import { linear, matmul } from "../../autodiff/products.ts";
import { gatherRows } from "../../autodiff/rows.ts";
import { reshape, slice, transpose } from "../../autodiff/shapes.ts";
import type { EncoderConfig } from "./config.ts";
import { embeddingNames, familyOf, layerNames } from "./families.ts";

/** What an encoder reads besides its parameters. */
export interface EncoderInputs {
  /** int64 [B, T]. */
  readonly inputIds: Tensor;
  /** int64 [B, T]: they begin at `firstPosition(config)`; padding may have any. */
  readonly positionIds: Tensor;
  /** int64 [B, T]; where they are left out, every piece is of type 0. */
  readonly tokenTypeIds?: Tensor;
  /**
   * float32 [B, 1, T, T]: 0 where row i may attend to column j, a large negative number elsewhere.
   */
  readonly attentionBias: Tensor;
}

/** What rows [N, D] can be changed after. */
export type Point =
  /** The embeddings, with LayerNorm and dropout. */
  | { readonly place: "embeddings" }
  /**
   * The feed-forward part of layer `index`, before its LayerNorm, which takes its sum with the
   * residual [N, D].
   */
  | { readonly place: "feedForward"; readonly index: number; readonly residual: Tensor }
  /** All that comes before the word embeddings predict masked pieces. */
  | { readonly place: "predictions" };

/** What an encoder is built of. */
export interface EncoderContext {
  readonly config: EncoderConfig;
  /** The parameter of that name. */
  readonly parameter: (name: string) => Tensor;
  /** x after dropout at a site; x itself for evaluation. */
  readonly dropout: (site: string, rate: number, x: Tensor) => Tensor;
  /** What becomes of rows at a point, for models around an encoder; rows stay where it is left out. */
  readonly after?: (point: Point, rows: Tensor) => Tensor;
}

/** What an encoder computes. */
export interface EncoderOutputs {
  /** The last layer's hidden states in batch-first order: [B·T, D], row b·T + t. */
  readonly hidden: Tensor;
  /** Word, token type and position embeddings, summed: [B·T, D], row t·B + b. */
  readonly embedded: Tensor;
}

/**
 * Builds an encoder.
 *
 * Devlin et al. 2019, §3.1; the layer is that of Vaswani et al. 2017, §3.1, with GELU.
 */
export function encode(context: EncoderContext, inputs: EncoderInputs): EncoderOutputs {
  const { hidden_size: width, num_hidden_layers: depth, hidden_dropout_prob } = context.config;
  const [batch, tokens] = inputs.inputIds.dims;
  const embedded = embed(context, inputs);
  const normalised = normalise(context, embeddingNames(context.config).norm, embedded);
  const started = context.dropout("embeddings", hidden_dropout_prob, normalised);
  let rows = changed(context, { place: "embeddings" }, started);
  for (let i = 0; i < depth; i++) rows = layer(context, i, rows, inputs);
  const sequenceFirst = reshape(rows, [tokens, batch, width]);
  const hidden = reshape(transpose(sequenceFirst, [1, 0, 2]), [productOf([batch, tokens]), width]);
  return { hidden, embedded };
}

/** Word, token type and position embeddings, summed: [B·T, D]. */
function embed(context: EncoderContext, inputs: EncoderInputs): Tensor {
  const { config, parameter } = context;
  const names = embeddingNames(config);
  const rows = (table: string, ids: Tensor) => {
    const looked = gatherRows(parameter(`${table}.weight`), transpose(ids, [1, 0]));
    return reshape(looked, [productOf(ids.dims), config.hidden_size]);
  };
  const words = rows(names.words, inputs.inputIds);
  const places = rows(names.positions, inputs.positionIds);
  const name = `${familyOf(config).prefix}.embeddings`;
  if (config.type_vocab_size === 0) return add(words, places, name);
  const types = inputs.tokenTypeIds
    ? rows(names.tokenTypes, inputs.tokenTypeIds)
    : slice(parameter(`${names.tokenTypes}.weight`), 0, 0, 1);
  return add(add(words, types), places, name);
}

function layer(
  context: EncoderContext,
  index: number,
  x: Tensor,
  { inputIds, attentionBias }: EncoderInputs,
): Tensor {
  const { config, dropout } = context;
  const names = layerNames(config, index);
  const hiddenRate = config.hidden_dropout_prob;

  // Heads [B, H, T, d], of rows [B·T, H·d]
  const heads = config.num_attention_heads;
  const headWidth = config.hidden_size / heads;
  const [batch, tokens] = inputIds.dims;
  const split = (rows: Tensor) =>
    transpose(reshape(rows, [tokens, batch, heads, headWidth]), [1, 2, 0, 3]);
  const [query, key, value] = [names.query, names.key, names.value].map((name) =>
    split(project(context, name, x))
  );
  // softmax(Q Kᵀ / √d + bias) V (Vaswani et al. 2017, eq. 1)
  const scores = matmul(query, key, {
    transB: true,
    alpha: 1 / Math.sqrt(headWidth),
    name: `layer.${index}.attention.scores`,
  });
  const weights = softmax(add(scores, attentionBias), `layer.${index}.attention.weights`);
  const attention = dropout(
    `layer.${index}.attention`,
    config.attention_probs_dropout_prob,
    weights,
  );
  const mixed = matmul(attention, value, { name: `layer.${index}.attention.context` });
  const joined = reshape(transpose(mixed, [2, 0, 1, 3]), x.dims);

  const attended = dropout(
    `layer.${index}.attentionOutput`,
    hiddenRate,
    project(context, names.attentionOutput, joined),
  );
  const middle = normalise(context, names.attentionNorm, add(attended, x));
  const expanded = gelu(project(context, names.expand, middle), `layer.${index}.gelu`);
  const output = project(context, names.contract, expanded);
  const kept = dropout(`layer.${index}.output`, hiddenRate, output);
  const added = changed(context, { place: "feedForward", index, residual: middle }, kept);
  return normalise(context, names.outputNorm, add(added, middle));
}

/** Rows as a model around the encoder leaves them at a point. */
export function changed({ after }: EncoderContext, point: Point, rows: Tensor): Tensor {
  return after ? after(point, rows) : rows;
}

/** A linear layer on rows with the parameters called `name`. */
export function project({ parameter }: EncoderContext, name: string, x: Tensor): Tensor {
  return linear(x, parameter(`${name}.weight`), parameter(`${name}.bias`), name);
}

/** LayerNorm on rows with the parameters called `name`. */
export function normalise({ config, parameter }: EncoderContext, name: string, x: Tensor): Tensor {
  const [gain, bias] = [parameter(`${name}.weight`), parameter(`${name}.bias`)];
  return layerNorm(x, gain, bias, config.layer_norm_eps, name);
}
