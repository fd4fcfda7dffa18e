/**
 * The order of an epoch: which examples make a batch.
 *
 * @module
 */
import { CounterRandom } from "../core/random.ts";

/** Batches of like length have the least padding; random ones are those of most training loops. */
export const batchOrders = ["length", "random"] as const;

/** Which examples make a batch. */
export type BatchOrder = typeof batchOrders[number];

/**
 * Every example once, in batches. Examples are shuffled and cut into batches. For batches of like
 * length they are sorted by length before, within pools of `poolBatches` batches, and the batches are
 * shuffled again. The order depends on (lengths, batchSize, order, seed, epoch) alone.
 *
 * NOTE: a loss is the mean over a batch's words, so that a word counts for more in a batch of short
 * sentences; in random batches nearly all words count alike.
 *
 * @param lengths pieces of every example
 * @returns the places of the examples of each batch
 */
export function epochBatches(
  lengths: readonly number[],
  options: {
    batchSize: number;
    order: BatchOrder;
    seed: number;
    epoch: number;
    poolBatches?: number;
  },
): number[][] {
  const { batchSize, seed, epoch, poolBatches = 16 } = options;
  const random = new CounterRandom("batches", seed, epoch);
  const order = random.shuffle(lengths.map((_, i) => i));
  const cut = (part: readonly number[]): number[][] =>
    Array.from(
      { length: Math.ceil(part.length / batchSize) },
      (_, i) => part.slice(i * batchSize, (i + 1) * batchSize),
    );
  if (options.order === "random") return cut(order);
  const batches: number[][] = [];
  const pool = batchSize * poolBatches;
  for (let start = 0; start < order.length; start += pool) {
    batches.push(
      ...cut(order.slice(start, start + pool).sort((a, b) => lengths[a] - lengths[b])),
    );
  }
  return random.shuffle(batches);
}
