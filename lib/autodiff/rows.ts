/**
 * Primitives that read and write rows by index.
 *
 * @module
 */
import type { Dim } from "../onnx/dtype.ts";
import { buildError, requireDType, requireFloat } from "./build_error.ts";
import { productOf, sameDims } from "./dims.ts";
import { type Tensor, tensorOf } from "./primitive.ts";
import { reshape } from "./shapes.ts";

/**
 * Rows of a table: [R, ...] by int64 indices [I...] → [I..., ...].
 *
 * @throws {Error} when the indices are not int64 or the table has no rows
 */
export function gatherRows(table: Tensor, indices: Tensor, name = ""): Tensor {
  requireDType("gatherRows", name, "indices", indices, "int64");
  if (table.dims.length === 0) {
    throw buildError("gatherRows", name, "the table must have rows", [table, indices]);
  }
  const dims = [...indices.dims, ...table.dims.slice(1)];
  return tensorOf({ op: "gatherRows", inputs: [table, indices] }, table.dtype, dims, name);
}

/**
 * Zeros [rows, ...], with each of the updates [I..., ...] added at its index [I...].
 *
 * @throws {Error} when the updates do not start with the dims of the indices
 */
export function scatterAddRows(
  updates: Tensor,
  indices: Tensor,
  rows: Dim,
  name = "",
): Tensor {
  requireFloat("scatterAddRows", name, updates);
  requireDType("scatterAddRows", name, "indices", indices, "int64");
  const rank = indices.dims.length;
  if (!sameDims(updates.dims.slice(0, rank), indices.dims)) {
    throw buildError("scatterAddRows", name, "there must be one index per update", [
      updates,
      indices,
    ]);
  }
  const width = updates.dims.slice(rank);
  const count = productOf(indices.dims);
  const inputs = [
    reshape(updates, [count, productOf(width)]),
    reshape(indices, [count]),
  ] as const;
  const matrix = [rows, productOf(width)];
  const sums = tensorOf({ op: "scatterAddRows", inputs }, updates.dtype, matrix, name);
  return reshape(sums, [rows, ...width]);
}

/** float32 1 at the int64 index along a new last axis of size `depth`, 0 elsewhere. */
export function oneHot(indices: Tensor, depth: number, name = ""): Tensor {
  requireDType("oneHot", name, "indices", indices, "int64");
  return tensorOf({ op: "oneHot", inputs: [indices] }, "float32", [...indices.dims, depth], name);
}
