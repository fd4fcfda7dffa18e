/**
 * Elementwise primitives; binary ones broadcast as in NumPy, also over symbolic dims.
 *
 * @module
 */
import type { DType } from "../onnx/dtype.ts";
import { buildError, requireDType, requireFloat } from "./build_error.ts";
import { broadcastDims, sameDims } from "./dims.ts";
import { scalar } from "./leaves.ts";
import { type Tensor, tensorOf } from "./primitive.ts";

type BinaryOp = "add" | "sub" | "mul" | "div" | "maximum";
type UnaryOp =
  | "neg"
  | "exp"
  | "log"
  | "sqrt"
  | "tanh"
  | "erf"
  | "sigmoid"
  | "relu"
  | "gelu";

/** a + b. */
export function add(a: Tensor, b: Tensor, name = ""): Tensor {
  return binary("add", a, b, name);
}

/** a − b. */
export function sub(a: Tensor, b: Tensor, name = ""): Tensor {
  return binary("sub", a, b, name);
}

/** a · b, elementwise. */
export function mul(a: Tensor, b: Tensor, name = ""): Tensor {
  for (const [x, other] of [[a, b], [b, a]]) {
    const { primitive } = other;
    if (primitive.op === "fill" && sameDims(broadcast("mul", name, a, b), x.dims)) {
      return scale(x, primitive.value);
    }
  }
  return binary("mul", a, b, name);
}

/** a / b. */
export function div(a: Tensor, b: Tensor, name = ""): Tensor {
  return binary("div", a, b, name);
}

/** max(a, b); where they are equal, b gets the cotangent. */
export function maximum(a: Tensor, b: Tensor, name = ""): Tensor {
  return binary("maximum", a, b, name);
}

/** a > b, as bool. */
export function greater(a: Tensor, b: Tensor, name = ""): Tensor {
  requireFloat("greater", name, a, b);
  const dims = broadcast("greater", name, a, b);
  return tensorOf({ op: "greater", inputs: [a, b] }, "bool", dims, name);
}

/** −x. */
export function neg(x: Tensor, name = ""): Tensor {
  return unary("neg", x, name);
}

/** eˣ. */
export function exp(x: Tensor, name = ""): Tensor {
  return unary("exp", x, name);
}

/** ln x. */
export function log(x: Tensor, name = ""): Tensor {
  return unary("log", x, name);
}

/** √x. */
export function sqrt(x: Tensor, name = ""): Tensor {
  return unary("sqrt", x, name);
}

/** tanh x. */
export function tanh(x: Tensor, name = ""): Tensor {
  return unary("tanh", x, name);
}

/** erf x = 2/√π ∫₀ˣ e^(−t²) dt. */
export function erf(x: Tensor, name = ""): Tensor {
  return unary("erf", x, name);
}

/** 1 / (1 + e⁻ˣ). */
export function sigmoid(x: Tensor, name = ""): Tensor {
  return unary("sigmoid", x, name);
}

/** max(x, 0). */
export function relu(x: Tensor, name = ""): Tensor {
  return unary("relu", x, name);
}

/** x · Φ(x), exact (Hendrycks & Gimpel 2016, eq. 1). */
export function gelu(x: Tensor, name = ""): Tensor {
  return unary("gelu", x, name);
}

/** x as another dtype. No cotangent flows back, as only float32 is differentiated. */
export function cast(x: Tensor, dtype: DType, name = ""): Tensor {
  if (x.dtype === dtype) return x;
  return tensorOf({ op: "cast", inputs: [x] }, dtype, x.dims, name);
}

/**
 * a where the bool mask holds, b elsewhere; all three broadcast.
 *
 * @throws {Error} when dtypes or dims do not fit
 */
export function select(mask: Tensor, a: Tensor, b: Tensor, name = ""): Tensor {
  requireFloat("select", name, a, b);
  requireDType("select", name, "mask", mask, "bool");
  const dims = broadcastDims(mask.dims, broadcast("select", name, a, b));
  if (!dims) throw buildError("select", name, "dims must broadcast", [mask, a, b]);
  return tensorOf({ op: "select", inputs: [mask, a, b] }, a.dtype, dims, name);
}

/** factor · x. */
export function scale(x: Tensor, factor: number): Tensor {
  return factor === 1 ? x : mul(x, scalar(factor));
}

/**
 * x / keep where the mask holds, 0 elsewhere (Srivastava et al. 2014, in its inverted form). The
 * mask is bool with the dims of x, and comes from the host.
 *
 * Where x is a matrix product, the factor becomes part of its alpha and costs nothing; such an x
 * should be used for nothing else, or it is computed twice.
 *
 * @param keep the true rate at which the mask holds, in (0, 1]
 * @throws {Error} when dtypes, dims or rate do not fit
 */
export function dropout(x: Tensor, mask: Tensor, keep: number, name = ""): Tensor {
  requireDType("dropout", name, "mask", mask, "bool");
  if (!sameDims(x.dims, mask.dims)) {
    throw buildError("dropout", name, "its mask must have the same dims", [x, mask]);
  }
  if (!(keep > 0 && keep <= 1)) {
    throw buildError("dropout", name, "its keep rate must be in (0, 1]", [String(keep)]);
  }
  const { primitive } = x;
  if (primitive.op !== "gemm") return masked(x, mask, 1 / keep, name);
  const scaled = { ...primitive, alpha: primitive.alpha / keep, beta: primitive.beta / keep };
  return masked(tensorOf(scaled, x.dtype, x.dims, x.name), mask, 1, name);
}

/** factor · x where the mask holds, 0 elsewhere. */
export function masked(x: Tensor, mask: Tensor, factor: number, name = ""): Tensor {
  const primitive = { op: "dropout", inputs: [x, mask], scale: factor } as const;
  return tensorOf(primitive, x.dtype, x.dims, name);
}

function unary(op: UnaryOp, x: Tensor, name: string): Tensor {
  requireFloat(op, name, x);
  return tensorOf({ op, inputs: [x] }, x.dtype, x.dims, name);
}

function binary(op: BinaryOp, a: Tensor, b: Tensor, name: string): Tensor {
  requireFloat(op, name, a, b);
  const dims = broadcast(op, name, a, b);
  // An operand that was only spread to the other's dims is spread by the operator itself.
  const inputs = [unspread(a, b), unspread(b, a)] as const;
  return tensorOf({ op, inputs }, a.dtype, dims, name);
}

function unspread(operand: Tensor, other: Tensor): Tensor {
  if (operand.primitive.op !== "broadcastTo" || !sameDims(operand.dims, other.dims)) return operand;
  return other.primitive.op === "broadcastTo" ? operand : operand.primitive.inputs[0];
}

function broadcast(what: string, name: string, a: Tensor, b: Tensor) {
  const dims = broadcastDims(a.dims, b.dims);
  if (!dims) throw buildError(what, name, "dims must broadcast", [a, b]);
  return dims;
}
