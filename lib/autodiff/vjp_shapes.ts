/**
 * The vjp rules of primitives that move elements. In the formulas ȳ is the cotangent of y.
 *
 * @module
 */
import { fill } from "./leaves.ts";
import type { Op } from "./primitive.ts";
import { gatherRows, scatterAddRows } from "./rows.ts";
import { broadcastTo, concat, reshape, slice, transpose } from "./shapes.ts";
import { unbroadcast, type VjpRules } from "./vjp_rule.ts";

/** Rules of shapes. */
export const shapeRules = {
  // x̄ = ȳ under the dims of x
  reshape: ({ inputs: [x] }, dy) => [reshape(dy, x.dims)],
  // x̄ = ȳ with the axes back in their order
  transpose: ({ perm }, dy) => [transpose(dy, perm.map((_, axis) => perm.indexOf(axis)))],
  // x̄ = ȳ summed over the new axes
  broadcastTo: ({ inputs: [x] }, dy) => [unbroadcast(dy, x)],
  // x̄ = ȳ spread over the axes that were summed
  reduceSum: ({ inputs: [x], axes }, dy) => {
    const kept = x.dims.map((dim, axis) => axes.includes(axis) ? 1 : dim);
    return [broadcastTo(reshape(dy, kept), x.dims)];
  },
  // x̄ᵢ = ȳ where xᵢ stands
  concat: ({ inputs, axis }, dy) => {
    let start = 0;
    return inputs.map(({ dims }) => {
      const end = start + (dims[axis] as number);
      const part = slice(dy, axis, start, end);
      start = end;
      return part;
    });
  },
  // x̄ = ȳ between zeros
  slice: ({ inputs: [x], axis, start, end }, dy) => {
    const zeros = (size: number) => fill(0, x.dims.map((dim, i) => i === axis ? size : dim));
    const after = (x.dims[axis] as number) - end;
    const parts = [
      ...(start > 0 ? [zeros(start)] : []),
      dy,
      ...(after > 0 ? [zeros(after)] : []),
    ];
    return [concat(parts, axis)];
  },
} as const satisfies Partial<VjpRules<Op>>;

/** Rules of rows. */
export const rowRules = {
  // tablē = zeros with ȳ added at the indices
  gatherRows: ({ inputs: [table, indices] }, dy) => [
    scatterAddRows(dy, indices, table.dims[0]),
    null,
  ],
  // updates̄ = the rows of ȳ at the indices
  scatterAddRows: ({ inputs: [, indices] }, dy) => [gatherRows(dy, indices), null],
  oneHot: () => [null],
} as const satisfies Partial<VjpRules<Op>>;
