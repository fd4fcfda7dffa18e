/**
 * Matrix products: on rows, and batched for attention.
 *
 * @module
 */
import { buildError, requireFloat } from "./build_error.ts";
import { sameDims } from "./dims.ts";
import { masked } from "./elementwise.ts";
import { type Tensor, tensorOf } from "./primitive.ts";

/** Which operands are transposed, and the factor of the product. */
export interface ProductOptions {
  readonly transA?: boolean;
  readonly transB?: boolean;
  readonly alpha?: number;
  readonly name?: string;
}

/**
 * alpha · op(a) op(b) + c on matrices: [N, K] and [K, M] → [N, M].
 *
 * @param options.plus c [N, M]; nothing is added if left out
 * @throws {Error} when an operand is no matrix or inner dimensions differ
 */
export function gemm(
  a: Tensor,
  b: Tensor,
  options: ProductOptions & { readonly plus?: Tensor } = {},
): Tensor {
  const { transA = false, transB = false, alpha = 1, plus, name = "" } = options;
  requireFloat("MatMul", name, a, b);
  if (a.dims.length !== 2 || b.dims.length !== 2) {
    throw buildError("MatMul", name, "both operands must be matrices", [a, b]);
  }
  const [rows, inner] = transA ? [a.dims[1], a.dims[0]] : a.dims;
  const [innerB, columns] = transB ? [b.dims[1], b.dims[0]] : b.dims;
  if (inner !== innerB) throw buildError("MatMul", name, "inner dimensions must match", [a, b]);
  if (plus && !sameDims(plus.dims, [rows, columns])) {
    throw buildError("MatMul", name, "what is added must have its dims", [plus, a, b]);
  }
  const inputs = plus ? [a, b, plus] as const : [a, b] as const;
  return tensorOf(
    { op: "gemm", inputs, transA, transB, alpha, beta: 1 },
    a.dtype,
    [rows, columns],
    name,
  );
}

/**
 * A linear layer on rows, with weights as PyTorch stores them: x Wᵀ + b, [N, in] → [N, out].
 *
 * @param weight [out, in]
 * @param bias [out]
 * @param alpha a factor of x Wᵀ alone
 * @throws {Error} when dims do not fit
 */
export function linear(x: Tensor, weight: Tensor, bias: Tensor, name = "", alpha = 1): Tensor {
  const product = gemm(x, weight, { transB: true, alpha, name });
  const { primitive, dtype, dims } = product;
  requireFloat("Linear", name, x, bias);
  if (primitive.op !== "gemm" || !sameDims(bias.dims, [weight.dims[0]])) {
    throw buildError("Linear", name, "the bias must have one entry per row of the weight", [
      bias,
      weight,
    ]);
  }
  const [a, b] = primitive.inputs;
  return tensorOf({ ...primitive, inputs: [a, b, bias] }, dtype, dims, name);
}

/**
 * alpha · op(a) op(b) over the last two axes: [..., M, K] and [..., K, N] → [..., M, N].
 *
 * @throws {Error} when ranks, batch dims or inner dimensions differ
 */
export function matmul(a: Tensor, b: Tensor, options: ProductOptions = {}): Tensor {
  const { transA = false, transB = false, alpha = 1, name = "" } = options;
  requireFloat("MatMul", name, a, b);
  const rank = a.dims.length;
  if (rank < 3 || !sameDims(a.dims.slice(0, -2), b.dims.slice(0, -2))) {
    throw buildError("MatMul", name, "batch dims must exist and be equal", [a, b]);
  }
  const [rows, inner] = transA ? a.dims.slice(-2).reverse() : a.dims.slice(-2);
  const [innerB, columns] = transB ? b.dims.slice(-2).reverse() : b.dims.slice(-2);
  if (inner !== innerB) throw buildError("MatMul", name, "inner dimensions must match", [a, b]);
  // The scale of dropout goes into alpha, where it costs nothing.
  const { left, factor } = a.primitive.op === "dropout" && a.primitive.scale !== 1
    ? { left: masked(...a.primitive.inputs, 1, a.name), factor: alpha * a.primitive.scale }
    : { left: a, factor: alpha };
  return tensorOf(
    { op: "matmul", inputs: [left, b], transA, transB, alpha: factor },
    a.dtype,
    [...a.dims.slice(0, -2), rows, columns],
    name,
  );
}
