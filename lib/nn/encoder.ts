/**
 * The XLM-R encoder as symbolic tensors: embeddings and post-norm transformer layers.
 *
 * Activations are rows [B·T, D] in sequence-first order (row t·B + b), so that attention reads its
 * heads where they lie.
 *
 * @module
 */
import { productOf } from "../autodiff/dims.ts";
import { add, gelu } from "../autodiff/elementwise.ts";
import { layerNorm, softmax } from "../autodiff/normalisation.ts";
import type { Tensor } from "../autodiff/primitive.ts";
import { linear, matmul } from "../autodiff/products.ts";
import { gatherRows } from "../autodiff/rows.ts";
import { reshape, slice, transpose } from "../autodiff/shapes.ts";
import type { EncoderConfig } from "./config.ts";

/** What an encoder reads besides its parameters. */
export interface EncoderInputs {
  /** int64 [B, T]. */
  readonly inputIds: Tensor;
  /** int64 [B, T]: pad_token_id + 1 + place for tokens, pad_token_id for padding. */
  readonly positionIds: Tensor;
  /** float32 [B, 1, 1, T]: 0 for tokens, a large negative number for padding. */
  readonly attentionBias: Tensor;
}

/** What an encoder is built with. */
export interface EncoderContext {
  readonly config: EncoderConfig;
  /** The parameter of that name. */
  readonly parameter: (name: string) => Tensor;
  /** x after dropout at a site; x itself for evaluation. */
  readonly dropout: (site: string, rate: number, x: Tensor) => Tensor;
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
 * Conneau et al. 2020, §3; the layer is that of Vaswani et al. 2017, §3.1, with GELU.
 */
export function encode(context: EncoderContext, inputs: EncoderInputs): EncoderOutputs {
  const { hidden_size: width, num_hidden_layers: depth, hidden_dropout_prob } = context.config;
  const [batch, tokens] = inputs.inputIds.dims;
  const embedded = embed(context, inputs);
  const normalised = normalise(context, "roberta.embeddings.LayerNorm", embedded);
  let rows = context.dropout("embeddings", hidden_dropout_prob, normalised);
  for (let i = 0; i < depth; i++) rows = layer(context, i, rows, inputs);
  const sequenceFirst = reshape(rows, [tokens, batch, width]);
  const hidden = reshape(transpose(sequenceFirst, [1, 0, 2]), [productOf([batch, tokens]), width]);
  return { hidden, embedded };
}

/** Word, token type and position embeddings, summed: [B·T, D]. */
function embed(context: EncoderContext, { inputIds, positionIds }: EncoderInputs): Tensor {
  const { config, parameter } = context;
  const name = "roberta.embeddings";
  const rows = (table: string, ids: Tensor) => {
    const looked = gatherRows(parameter(`${name}.${table}.weight`), transpose(ids, [1, 0]));
    return reshape(looked, [productOf(ids.dims), config.hidden_size]);
  };
  const words = rows("word_embeddings", inputIds);
  const places = rows("position_embeddings", positionIds);
  // Every token is of type 0: XLM-R knows no other.
  const types = slice(parameter(`${name}.token_type_embeddings.weight`), 0, 0, 1);
  return add(add(words, types), places, name);
}

function layer(
  context: EncoderContext,
  index: number,
  x: Tensor,
  { inputIds, attentionBias }: EncoderInputs,
): Tensor {
  const { config, dropout } = context;
  const name = `roberta.encoder.layer.${index}`;
  const hiddenRate = config.hidden_dropout_prob;
  const dense = (part: string, rows: Tensor) => project(context, `${name}.${part}`, rows);

  // Heads [B, H, T, d], of rows [B·T, H·d]
  const heads = config.num_attention_heads;
  const headWidth = config.hidden_size / heads;
  const [batch, tokens] = inputIds.dims;
  const split = (rows: Tensor) =>
    transpose(reshape(rows, [tokens, batch, heads, headWidth]), [1, 2, 0, 3]);
  const [query, key, value] = ["query", "key", "value"].map((part) =>
    split(dense(`attention.self.${part}`, x))
  );
  // softmax(Q Kᵀ / √d + bias) V (Vaswani et al. 2017, eq. 1)
  const scores = matmul(query, key, {
    transB: true,
    alpha: 1 / Math.sqrt(headWidth),
    name: `${name}.attention.scores`,
  });
  const weights = softmax(add(scores, attentionBias), `${name}.attention.weights`);
  const kept = dropout(
    `layer.${index}.attention`,
    config.attention_probs_dropout_prob,
    weights,
  );
  const mixed = matmul(kept, value, { name: `${name}.attention.context` });
  const joined = reshape(transpose(mixed, [2, 0, 1, 3]), x.dims);

  const attended = dropout(
    `layer.${index}.attentionOutput`,
    hiddenRate,
    dense("attention.output.dense", joined),
  );
  const middle = normalise(context, `${name}.attention.output.LayerNorm`, add(attended, x));
  const expanded = gelu(dense("intermediate.dense", middle), `${name}.intermediate.gelu`);
  const output = dropout(`layer.${index}.output`, hiddenRate, dense("output.dense", expanded));
  return normalise(context, `${name}.output.LayerNorm`, add(output, middle));
}

/** A linear layer on rows with the parameters called `name`. */
export function project({ parameter }: EncoderContext, name: string, x: Tensor): Tensor {
  return linear(x, parameter(`${name}.weight`), parameter(`${name}.bias`), name);
}

function normalise({ config, parameter }: EncoderContext, name: string, x: Tensor): Tensor {
  const [gain, bias] = [parameter(`${name}.weight`), parameter(`${name}.bias`)];
  return layerNorm(x, gain, bias, config.layer_norm_eps, name);
}
