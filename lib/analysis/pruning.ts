/**
 * Magnitude pruning (Han et al. 2015), all weights of a model at once, as Mueller, Andrews & Dredze
 * (2020, §5.2) ask how many of them a language needs.
 *
 * @module
 */
import type { FloatTensor } from "../onnx/dtype.ts";

/** Weights of which more or fewer are pruned, in place. */
export class Pruner {
  readonly #tensors: readonly { readonly data: Float32Array; readonly whole: Float32Array }[];
  /** All magnitudes, ascending. */
  readonly #magnitudes: Float32Array;

  /**
   * NOTE: the paper does not say which weights it prunes, nor whether layer by layer; here magnitudes
   * of all weights are in one order, embeddings and biases among them.
   *
   * @param weights by name; their arrays are written
   */
  constructor(weights: ReadonlyMap<string, FloatTensor>) {
    this.#tensors = [...weights.values()].map(({ data }) => ({ data, whole: data.slice() }));
    const size = this.#tensors.reduce((sum, { data }) => sum + data.length, 0);
    this.#magnitudes = new Float32Array(size);
    let at = 0;
    for (const { whole } of this.#tensors) {
      for (const weight of whole) this.#magnitudes[at++] = Math.abs(weight);
    }
    this.#magnitudes.sort();
  }

  /** How many weights there are. */
  get size(): number {
    return this.#magnitudes.length;
  }

  /** Leaves all weights as they were but a share of least magnitude; of equal ones the first go. */
  prune(percent: number): void {
    const count = Math.floor(percent / 100 * this.size);
    const cut = count === 0 ? -1 : this.#magnitudes[count - 1];
    let equal = count;
    for (let i = 0; i < count && this.#magnitudes[i] < cut; i++) equal--;
    for (const { data, whole } of this.#tensors) {
      for (let i = 0; i < data.length; i++) {
        const magnitude = Math.abs(whole[i]);
        const isPruned = magnitude < cut || magnitude === cut && equal-- > 0;
        data[i] = isPruned ? 0 : whole[i];
      }
    }
  }
}

/**
 * The greatest share before over-pruning: up to it, no score is more than `tolerance` below the first.
 * Null where the whole model has no more than that to lose.
 *
 * @param scores by share, ascending from the whole model
 */
export function pruningThreshold(
  scores: readonly { readonly pruned: number; readonly f1: number }[],
  tolerance: number,
): number | null {
  const [whole] = scores;
  if (whole.f1 <= tolerance) return null;
  const over = scores.findIndex(({ f1 }) => f1 < whole.f1 - tolerance);
  return scores.at(over < 0 ? -1 : over - 1)!.pruned;
}
