/**
 * Softmax, layer normalisation and cross entropy: primitives along the last axis.
 *
 * @module
 */
import { buildError, requireDType, requireFloat } from "./build_error.ts";
import { sameDims } from "./dims.ts";
import { type Tensor, tensorOf } from "./primitive.ts";

/** eˣ / Σ eˣ along the last axis, without overflow. */
export function softmax(x: Tensor, name = ""): Tensor {
  requireFloat("softmax", name, x);
  return tensorOf({ op: "softmax", inputs: [x] }, x.dtype, x.dims, name);
}

/** x − log Σ eˣ along the last axis, without overflow. */
export function logSoftmax(x: Tensor, name = ""): Tensor {
  requireFloat("logSoftmax", name, x);
  return tensorOf({ op: "logSoftmax", inputs: [x] }, x.dtype, x.dims, name);
}

/**
 * log Σ eˣ along the last axis, without overflow: the normaliser of a softmax, and of a CRF
 * (Lafferty et al. 2001).
 *
 * @param x [..., D]
 * @returns [...]
 * @throws {Error} when x is no float32 or a scalar
 */
export function logSumExp(x: Tensor, name = ""): Tensor {
  requireFloat("logSumExp", name, x);
  if (x.dims.length === 0) throw buildError("logSumExp", name, "x must have an axis", [x]);
  return tensorOf({ op: "logSumExp", inputs: [x] }, x.dtype, x.dims.slice(0, -1), name);
}

/**
 * gain · (x − mean) / √(variance + epsilon) + bias per row (Ba et al. 2016, eq. 4).
 *
 * @param x [N, D]
 * @param gain [D]
 * @param bias [D]
 * @throws {Error} when dims do not fit
 */
export function layerNorm(
  x: Tensor,
  gain: Tensor,
  bias: Tensor,
  epsilon: number,
  name = "",
): Tensor {
  requireFloat("LayerNorm", name, x, gain, bias);
  const width = x.dims.slice(1);
  if (x.dims.length !== 2 || typeof width[0] !== "number") {
    throw buildError("LayerNorm", name, "x must have rows of known width", [x]);
  }
  if (!sameDims(gain.dims, width) || !sameDims(bias.dims, width)) {
    throw buildError("LayerNorm", name, "gain and bias must have the width of x", [x, gain, bias]);
  }
  return tensorOf({ op: "layerNorm", inputs: [x, gain, bias], epsilon }, x.dtype, x.dims, name);
}

/** The mean or 1/√(variance + epsilon) per row, as a layerNorm has computed it: [N, 1]. */
export function layerNormStatistic(normalised: Tensor, which: "mean" | "invStd"): Tensor {
  if (normalised.primitive.op !== "layerNorm") {
    throw buildError("layerNormStatistic", "", "its input must be a layerNorm", [
      normalised.primitive.op,
    ]);
  }
  return tensorOf(
    { op: "layerNormStatistic", inputs: [normalised], which },
    normalised.dtype,
    [normalised.dims[0], 1],
  );
}

/**
 * −log softmax(logits)[label] per row.
 *
 * @param logits [M, L]
 * @param labels int64 [M], in 0 … L − 1
 * @returns losses [M]
 * @throws {Error} when dims do not fit
 */
export function crossEntropy(logits: Tensor, labels: Tensor, name = ""): Tensor {
  requireFloat("crossEntropy", name, logits);
  requireDType("crossEntropy", name, "labels", labels, "int64");
  const [rows, classes] = logits.dims;
  if (logits.dims.length !== 2 || typeof classes !== "number" || !sameDims(labels.dims, [rows])) {
    throw buildError("crossEntropy", name, "there must be one label per row of logits", [
      logits,
      labels,
    ]);
  }
  return tensorOf({ op: "crossEntropy", inputs: [logits, labels] }, logits.dtype, [rows], name);
}
