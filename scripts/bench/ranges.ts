/**
 * What several rounds of a measurement say together.
 *
 * @module
 */

/** Median, least and greatest. */
export interface Range {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}

/** Median (of an even number: the mean of the middle two), least and greatest. */
export function rangeOf(values: readonly number[]): Range {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return {
    median: (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2,
    least: sorted[0],
    greatest: sorted[sorted.length - 1],
  };
}
