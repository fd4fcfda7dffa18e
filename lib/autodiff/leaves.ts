/**
 * Tensors that depend on no other: inputs, constants, fills and sizes.
 *
 * @module
 */
import {
  type Dim,
  type DType,
  elementCount,
  formatDims,
  holdsDType,
  type TypedArray,
} from "../onnx/dtype.ts";
import { buildError } from "./build_error.ts";
import { productOf } from "./dims.ts";
import { type Tensor, tensorOf } from "./primitive.ts";

/** A graph input, fed at every run. */
export function input(name: string, dtype: DType, dims: readonly Dim[]): Tensor {
  return tensorOf({ op: "input", inputs: [] }, dtype, dims, name);
}

/**
 * A constant stored in the model.
 *
 * @throws {Error} when the array does not fit dtype or dims
 */
export function constant(data: TypedArray, dtype: DType, dims: readonly number[]): Tensor {
  if (!holdsDType(data, dtype) || data.length !== elementCount(dims)) {
    const got = [`${data.length} elements of ${data.constructor.name}`, formatDims(dims)];
    throw buildError("constant", "", `its array must hold ${dtype} and fill its dims`, got);
  }
  return tensorOf({ op: "constant", inputs: [], data }, dtype, dims);
}

/** A float32 constant without axes. */
export function scalar(value: number): Tensor {
  return constant(Float32Array.of(value), "float32", []);
}

/** One float32 value everywhere. */
export function fill(value: number, dims: readonly Dim[]): Tensor {
  return tensorOf({ op: "fill", inputs: [], value }, "float32", dims);
}

/** The number of elements under these dims as a float32 scalar. */
export function sizeOf(dims: readonly Dim[]): Tensor {
  const of = productOf(dims);
  if (typeof of === "number") return scalar(of);
  return tensorOf({ op: "size", inputs: [], of }, "float32", []);
}
