/**
 * The vjp rules of matrix products, normalisation and loss. In the formulas ȳ is the cotangent
 * of y.
 *
 * @module
 */
import { exp, mul, scale, sub } from "./elementwise.ts";
import { layerNormStatistic, softmax } from "./normalisation.ts";
import { gemm, matmul, type ProductOptions } from "./products.ts";
import type { Op, Tensor } from "./primitive.ts";
import { oneHot } from "./rows.ts";
import { reduceSum, reshape } from "./shapes.ts";
import { unbroadcast, type VjpRules } from "./vjp_rule.ts";

/** Rules of products. */
export const productRules = {
  // y = α A B + β c: Ā = α ȳ Bᵀ, B̄ = α Aᵀ ȳ, c̄ = β Σ ȳ
  gemm: (primitive, dy) => {
    const [a, b, c] = primitive.inputs;
    const [da, db] = productCotangents(gemm, a, b, primitive, dy);
    return c === undefined
      ? [da, db]
      : [da, db, scale(unbroadcast(dy, c), primitive.beta)] as const;
  },
  // y = α A B: Ā = α ȳ Bᵀ, B̄ = α Aᵀ ȳ
  matmul: (primitive, dy) => {
    const [a, b] = primitive.inputs;
    return productCotangents(matmul, a, b, primitive, dy);
  },
} as const satisfies Partial<VjpRules<Op>>;

/** Rules along the last axis. */
export const normalisationRules = {
  // x̄ = y (ȳ − Σ ȳ y) = t − y Σ t with t = ȳ y
  softmax: (_, dy, y) => {
    const t = mul(dy, y);
    return [sub(t, mul(y, sumOfLast(t)))];
  },
  // x̄ = ȳ − softmax(x) Σ ȳ
  logSoftmax: (_, dy, y) => [sub(dy, mul(exp(y), sumOfLast(dy)))],
  // x̄ = ȳ softmax(x)
  logSumExp: ({ inputs: [x] }, dy) => [mul(softmax(x), reshape(dy, [...dy.dims, 1]))],
  // With x̂ = (x − mean) invStd, ĝ = ȳ gain and m the mean over the width D:
  // x̄ = invStd (ĝ − m(ĝ) − x̂ m(ĝ x̂)), gain̄ = Σ ȳ x̂, bias̄ = Σ ȳ.
  // Both means are products with gain/D, which the matrix kernels do faster than reductions.
  layerNorm: ({ inputs: [x, gain, bias] }, dy, y) => {
    const [mean, invStd] = [layerNormStatistic(y, "mean"), layerNormStatistic(y, "invStd")];
    const normalised = mul(sub(x, mean), invStd);
    const moment = mul(dy, normalised);
    const width = x.dims[1] as number;
    const weights = reshape(scale(gain, 1 / width), [width, 1]);
    const centred = sub(mul(dy, gain), gemm(dy, weights));
    return [
      mul(sub(centred, mul(normalised, gemm(moment, weights))), invStd),
      unbroadcast(moment, gain),
      unbroadcast(dy, bias),
    ];
  },
  layerNormStatistic: ({ which }) => {
    throw new Error(
      `Cannot differentiate layerNormStatistic as it serves the backward pass: got "${which}"`,
    );
  },
  // logits̄ = (softmax(logits) − onehot(label)) ȳ
  crossEntropy: ({ inputs: [logits, labels] }, dy) => {
    const [rows, classes] = logits.dims;
    const residual = sub(softmax(logits), oneHot(labels, classes as number));
    return [mul(residual, reshape(dy, [rows, 1])), null];
  },
} as const satisfies Partial<VjpRules<Op>>;

/** Ā and B̄ of y = α op(A) op(B), transposed as A and B are stored. */
function productCotangents(
  product: (a: Tensor, b: Tensor, options: ProductOptions) => Tensor,
  a: Tensor,
  b: Tensor,
  { transA, transB, alpha }: Required<Pick<ProductOptions, "transA" | "transB" | "alpha">>,
  dy: Tensor,
): readonly [Tensor, Tensor] {
  return [
    transA
      ? product(b, dy, { transA: transB, transB: true, alpha })
      : product(dy, b, { transB: !transB, alpha }),
    transB
      ? product(dy, a, { transA: true, transB: transA, alpha })
      : product(a, dy, { transA: !transA, alpha }),
  ];
}

function sumOfLast(x: Tensor): Tensor {
  return reduceSum(x, [x.dims.length - 1], true);
}
