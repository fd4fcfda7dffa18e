/**
 * Takes a few sentences of a split, the same ones everywhere.
 *
 * @module
 */
import { CounterRandom } from "../core/random.ts";

/** Names the draw: another corpus, language, split or seed gives unrelated sentences. */
export interface SampleKey {
  readonly corpus: string;
  readonly language: string;
  readonly split: string;
  readonly seed: number;
}

/**
 * `limit` of the sentences, without replacement, in the order of the corpus; all of them when there
 * are no more. Draws of one key are nested: the sentences of a smaller limit are among those of a
 * larger one, so that a learning curve adds data and never swaps it.
 *
 * @throws {RangeError} when `limit` is no count
 */
export function limitSentences<T>(
  sentences: readonly T[],
  limit: number | undefined,
  { corpus, language, split, seed }: SampleKey,
): T[] {
  if (limit === undefined) return [...sentences];
  if (!Number.isInteger(limit) || limit < 0) {
    throw new RangeError(`Cannot take ${limit} sentences: the limit must be a whole number from 0`);
  }
  if (limit >= sentences.length) return [...sentences];
  const random = new CounterRandom("limit", corpus, language, split, seed);
  return random
    .shuffle(sentences.map((_, i) => i))
    .slice(0, limit)
    .sort((a, b) => a - b)
    .map((i) => sentences[i]);
}
