/**
 * What stands on an encoder: its own parameters, a loss, and answers.
 *
 * @module
 */
import type { Tensor } from "../../../autodiff/primitive.ts";
import type { ParameterSpec } from "../../../nn/parameters.ts";
import type { EncoderContext } from "../encoder.ts";
import type { HeadName } from "../published_config.ts";

/** A head. Its rows are the hidden states [M, D] of asked pieces. */
export interface Head {
  /** The name that transformers has for it. */
  readonly name: HeadName;
  readonly parameters: readonly ParameterSpec[];
  /**
   * The mean loss, float32 [], nats.
   *
   * @param gold int64 [M]
   * @param labelSmoothing share of the target probability that all answers share
   */
  loss(context: EncoderContext, rows: Tensor, gold: Tensor, labelSmoothing: number): Tensor;
  /** Logits [M, L] of rows [M, D]. */
  logits(context: EncoderContext, rows: Tensor): Tensor;
  /** Whether the word embeddings also predict, so that all of their rows have a gradient. */
  readonly tiesWords?: true;
}
