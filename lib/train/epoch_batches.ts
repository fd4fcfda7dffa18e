/**
 * The order of an epoch: batches of examples of like length.
 *
 * @module
 */
import { CounterRandom } from "../core/random.ts";

/**
 * Every example once, in batches of examples of like length. Examples are shuffled, sorted by
 * length within pools of `poolBatches` batches, and cut into batches, which are shuffled again. The
 * order depends on (lengths, batchSize, seed, epoch) alone.
 *
 * @param lengths pieces of every example
 * @returns the places of the examples of each batch
 */
export function epochBatches(
  lengths: readonly number[],
  options: { batchSize: number; seed: number; epoch: number; poolBatches?: number },
): number[][] {
  const { batchSize, seed, epoch, poolBatches = 16 } = options;
  const random = new CounterRandom("batches", seed, epoch);
  const order = random.shuffle(lengths.map((_, i) => i));
  const batches: number[][] = [];
  const pool = batchSize * poolBatches;
  for (let start = 0; start < order.length; start += pool) {
    const part = order.slice(start, start + pool).sort((a, b) => lengths[a] - lengths[b]);
    for (let at = 0; at < part.length; at += batchSize) {
      batches.push(part.slice(at, at + batchSize));
    }
  }
  return random.shuffle(batches);
}
