/**
 * Vectors that are left out as a whole in training.
 *
 * @module
 */
import type { Dim } from "../autodiff/dims.ts";
import { scale } from "../autodiff/elementwise.ts";
import { fill } from "../autodiff/leaves.ts";
import type { Tensor } from "../autodiff/primitive.ts";

/** x after dropout at a site; x itself for evaluation. */
export type Dropout = (site: string, rate: number, x: Tensor) => Tensor;

/** 1 for vectors that are read, 0 for those that are left out. */
export function wholeVectors(
  dropout: Dropout,
  site: string,
  rate: number,
  dims: readonly Dim[],
): Tensor {
  const kept = dropout(site, rate, fill(1, dims));
  // A site scales by what it keeps; here nothing is to stand for what is left out.
  return kept.primitive.op === "dropout" ? scale(kept, 1 / kept.primitive.scale) : kept;
}
