/**
 * Primitives that rearrange, spread, sum up, join or cut along axes.
 *
 * @module
 */
import { type Dim, formatDims } from "../onnx/dtype.ts";
import { buildError, requireFloat } from "./build_error.ts";
import { broadcastDims, productOf, sameDims } from "./dims.ts";
import { div, scale } from "./elementwise.ts";
import { fill, sizeOf } from "./leaves.ts";
import { type Tensor, tensorOf } from "./primitive.ts";

/**
 * The same elements in the same order under other dims.
 *
 * @throws {Error} when the numbers of elements differ
 */
export function reshape(x: Tensor, dims: readonly Dim[], name = ""): Tensor {
  if (sameDims(x.dims, dims)) return x;
  if (productOf(x.dims) !== productOf(dims)) {
    throw buildError("reshape", name, "sizes must match", [x, formatDims(dims)]);
  }
  if (x.primitive.op === "fill") return fill(x.primitive.value, dims);
  const source = x.primitive.op === "reshape" ? x.primitive.inputs[0] : x;
  if (sameDims(source.dims, dims)) return source;
  return tensorOf({ op: "reshape", inputs: [source] }, x.dtype, dims, name);
}

/**
 * Axes in another order: axis i of the result is axis perm[i] of x.
 *
 * @throws {Error} when `perm` does not name every axis once
 */
export function transpose(x: Tensor, perm: readonly number[], name = ""): Tensor {
  const axes = perm.toSorted((a, b) => a - b);
  if (axes.length !== x.dims.length || axes.some((axis, i) => axis !== i)) {
    throw buildError("transpose", name, "perm must name every axis once", [x, formatDims(perm)]);
  }
  if (perm.every((axis, i) => axis === i)) return x;
  const dims = perm.map((axis) => x.dims[axis]);
  return tensorOf({ op: "transpose", inputs: [x], perm }, x.dtype, dims, name);
}

/**
 * x repeated along axes of size 1 and new leading axes.
 *
 * @throws {Error} when x does not spread to these dims
 */
export function broadcastTo(x: Tensor, dims: readonly Dim[], name = ""): Tensor {
  if (sameDims(x.dims, dims)) return x;
  const spread = broadcastDims(x.dims, dims);
  if (!spread || !sameDims(spread, dims)) {
    throw buildError("broadcastTo", name, "x must spread to the dims", [x, formatDims(dims)]);
  }
  if (x.primitive.op === "fill") return fill(x.primitive.value, dims);
  return tensorOf({ op: "broadcastTo", inputs: [x] }, x.dtype, dims, name);
}

/**
 * The sum over some axes, which are dropped unless `keepDims`.
 *
 * @throws {Error} when an axis does not exist
 */
export function reduceSum(
  x: Tensor,
  axes: readonly number[] = x.dims.map((_, axis) => axis),
  keepDims = false,
  name = "",
): Tensor {
  requireFloat("reduceSum", name, x);
  if (axes.some((axis) => !(axis in x.dims))) {
    throw buildError("reduceSum", name, "its axes must exist", [x, `axes ${formatDims(axes)}`]);
  }
  if (axes.length === 0) return x;
  const dims: Dim[] = [];
  x.dims.forEach((dim, axis) => {
    if (!axes.includes(axis)) dims.push(dim);
    else if (keepDims) dims.push(1);
  });
  return tensorOf({ op: "reduceSum", inputs: [x], axes, keepDims }, x.dtype, dims, name);
}

/** The mean over some axes, which are dropped unless `keepDims`. */
export function reduceMean(
  x: Tensor,
  axes: readonly number[] = x.dims.map((_, axis) => axis),
  keepDims = false,
  name = "",
): Tensor {
  const sum = reduceSum(x, axes, keepDims, name);
  const size = productOf(axes.map((axis) => x.dims[axis]));
  return typeof size === "number" ? scale(sum, 1 / size) : div(sum, sizeOf([size]), name);
}

/**
 * Tensors one after another along an axis whose sizes are known numbers.
 *
 * @throws {Error} when another axis differs or that axis is symbolic
 */
export function concat(parts: readonly Tensor[], axis: number, name = ""): Tensor {
  const others = (tensor: Tensor) => tensor.dims.filter((_, i) => i !== axis);
  let size = 0;
  for (const part of parts) {
    const along = part.dims[axis];
    if (
      typeof along !== "number" || part.dtype !== parts[0].dtype ||
      !sameDims(others(part), others(parts[0]))
    ) {
      throw buildError(
        "concat",
        name,
        `dtypes and all dims but axis ${axis}, which must be a number, must match`,
        parts,
      );
    }
    size += along;
  }
  if (parts.length === 1) return parts[0];
  const dims = parts[0].dims.map((dim, i) => i === axis ? size : dim);
  return tensorOf({ op: "concat", inputs: parts, axis }, parts[0].dtype, dims, name);
}

/**
 * The entries from `start` up to `end` of an axis whose size is a known number.
 *
 * @throws {Error} when the range does not lie in the axis
 */
export function slice(x: Tensor, axis: number, start: number, end: number, name = ""): Tensor {
  const size = x.dims[axis];
  if (typeof size !== "number" || !(0 <= start && start < end && end <= size)) {
    const range = `${start}…${end} of axis ${axis}`;
    throw buildError("slice", name, "the range must lie in the axis", [range, x]);
  }
  if (start === 0 && end === size) return x;
  const dims = x.dims.map((dim, i) => i === axis ? end - start : dim);
  return tensorOf({ op: "slice", inputs: [x], axis, start, end }, x.dtype, dims, name);
}
