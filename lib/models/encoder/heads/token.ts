/**
 * A linear classifier of pieces (a token classifier), trained whole or by slices.
 *
 * @module
 */
import { productOf } from "../../../autodiff/dims.ts";
import { add } from "../../../autodiff/elementwise.ts";
import type { Tensor } from "../../../autodiff/primitive.ts";
import { matmul } from "../../../autodiff/products.ts";
import { broadcastTo, reshape, transpose } from "../../../autodiff/shapes.ts";
import { smoothedCrossEntropy } from "../../../nn/loss.ts";
import { linearParameters } from "../../../nn/parameters.ts";
import type { EncoderConfig } from "../config.ts";
import { type EncoderContext, project } from "../encoder.ts";
import type { Head } from "./head.ts";

/** How a token classifier is trained by slices. */
export interface Slicing {
  /** Width h of a slice: a divisor of the encoder's width. */
  readonly width: number;
  /**
   * Whether the classifier's weights are trained, as the paper says. The released code trains its
   * bias alone.
   */
  readonly trainClassifier: boolean;
}

/**
 * A token classifier with `labels` labels. The loss is the mean cross entropy over asked pieces,
 * and over slices where there are any; the logits are always those of the whole head.
 *
 * @param slicing sliced fine-tuning; ordinary fine-tuning if left out
 * @throws {Error} when the slices do not cut the width evenly
 */
export function tokenHead(config: EncoderConfig, labels: number, slicing?: Slicing): Head {
  const { hidden_size, initializer_range } = config;
  const rate = config.classifier_dropout ?? config.hidden_dropout_prob;
  const dropped = ({ dropout }: EncoderContext, rows: Tensor) => dropout("classifier", rate, rows);
  const parameters = linearParameters(initializer_range, "classifier", labels, hidden_size);
  const logits: Head["logits"] = (context, rows) =>
    project(context, "classifier", dropped(context, rows));
  if (!slicing) {
    return {
      name: "TokenClassification",
      parameters,
      logits,
      loss: (context, rows, gold, smoothing) =>
        smoothedCrossEntropy(logits(context, rows), gold, smoothing),
    };
  }
  const { width, trainClassifier } = slicing;
  if (!Number.isInteger(width) || hidden_size % width !== 0) {
    throw new Error(
      "Cannot slice the classifier as its slices must cut the encoder's width evenly: " +
        `got ${width} and ${hidden_size}`,
    );
  }
  const [weight, bias] = parameters;
  return {
    name: "TokenClassification",
    parameters: trainClassifier ? parameters : [{ ...weight, frozen: true }, bias],
    logits,
    loss(context, rows, gold, smoothing) {
      const sliced = slices(context, dropped(context, rows), gold, width);
      return smoothedCrossEntropy(sliced.logits, sliced.labels, smoothing);
    },
  };
}

/**
 * The logits v_k W_k + b of slices k and rows, [K·M, L], and their labels, [K·M], where v_k are the
 * entries k·h … k·h + h − 1 of a row, and W_k those of the classifier's rows (Schmidt et al. 2022,
 * §2).
 */
function slices(
  { parameter }: EncoderContext,
  rows: Tensor,
  labels: Tensor,
  h: number,
): { logits: Tensor; labels: Tensor } {
  const weight = parameter("classifier.weight");
  const parts = (weight.dims[1] as number) / h;
  // Slices before rows: [K, M, h] and [K, L, h]
  const cut = (x: Tensor) => transpose(reshape(x, [x.dims[0], parts, h]), [1, 0, 2]);
  const products = matmul(cut(rows), cut(weight), { transB: true, name: "classifier.slices" });
  const logits = add(products, parameter("classifier.bias"));
  const count = productOf([parts, labels.dims[0]]);
  const repeated = reshape(broadcastTo(labels, [parts, labels.dims[0]]), [count]);
  return { logits: reshape(logits, [count, weight.dims[0]]), labels: repeated };
}
