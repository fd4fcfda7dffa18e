/**
 * Gradients of embedding tables, outside the graph: a batch touches few of their rows.
 *
 * @module
 */
import type { Batch } from "../text/batching.ts";

/**
 * The gradient of an embedding table from the gradients of the embedded tokens.
 *
 * @param rows [T, B, D]
 * @param ids [B, T], the table's row of each token
 * @param gradient [rows of the table, D], overwritten
 */
export function addEmbeddingRows(
  rows: Float32Array,
  { B, T }: Batch,
  ids: BigInt64Array,
  gradient: Float32Array,
): void {
  gradient.fill(0);
  const D = rows.length / (B * T);
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < T; t++) {
      const from = (t * B + b) * D, to = Number(ids[b * T + t]) * D;
      for (let d = 0; d < D; d++) gradient[to + d] += rows[from + d];
    }
  }
}
