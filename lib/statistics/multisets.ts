/**
 * All resamples of a few things, each once, with the number of ways to draw it.
 *
 * @module
 */

/** Samples of up to this size are resampled exactly: 1,716 multisets stand for 7⁷ resamples. */
export const exactSize = 7;

/** The multisets of `size` things out of `size`. */
export interface Multisets {
  readonly size: number;
  readonly count: number;
  /** [count, size]: how often each thing is in each multiset. */
  readonly multiplicities: Uint8Array;
  /** [count]: size! / ∏ multiplicity!, the ordered draws that give it. They sum to size^size. */
  readonly ways: Float64Array;
}

/**
 * Enumerates C(2·size − 1, size) multisets.
 *
 * @throws RangeError above {@link exactSize}, where there are too many
 */
export function multisets(size: number): Multisets {
  if (!Number.isInteger(size) || size < 1 || size > exactSize) {
    throw new RangeError(`Cannot enumerate resamples of ${size}: it must be 1 to ${exactSize}`);
  }
  const factorial = (n: number): number => n < 2 ? 1 : n * factorial(n - 1);
  const rows: number[] = [], ways: number[] = [];
  const row = new Array<number>(size).fill(0);
  const place = (at: number, left: number): void => {
    if (at === size - 1) {
      row[at] = left;
      rows.push(...row);
      ways.push(row.reduce((total, each) => total / factorial(each), factorial(size)));
      return;
    }
    for (let times = left; times >= 0; times--) {
      row[at] = times;
      place(at + 1, left - times);
    }
  };
  place(0, size);
  return {
    size,
    count: ways.length,
    multiplicities: Uint8Array.from(rows),
    ways: Float64Array.from(ways, Math.round),
  };
}
