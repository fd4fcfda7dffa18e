/**
 * What a statistic was over resamples, and the shares and quantiles of that.
 *
 * @module
 */

/** A statistic of every resample. */
export interface Replicates {
  readonly values: Float64Array;
  /** In how many ways each came about, where all resamples were enumerated; else one each. */
  readonly ways?: Float64Array;
}

/** Of all resamples, the share with `holds`, 0 to 1. */
export function shareOf(
  { values, ways }: Replicates,
  holds: (value: number) => boolean,
): number {
  let held = 0, all = 0;
  for (let at = 0; at < values.length; at++) {
    const way = ways?.[at] ?? 1;
    all += way;
    if (holds(values[at])) held += way;
  }
  return held / all;
}

/** Mean and standard deviation (divided by R: of the resamples, not an estimate from them). */
export function momentsOf({ values, ways }: Replicates): { mean: number; deviation: number } {
  let all = 0, sum = 0;
  for (let at = 0; at < values.length; at++) {
    all += ways?.[at] ?? 1;
    sum += (ways?.[at] ?? 1) * values[at];
  }
  const mean = sum / all;
  let squares = 0;
  for (let at = 0; at < values.length; at++) {
    squares += (ways?.[at] ?? 1) * (values[at] - mean) ** 2;
  }
  return { mean, deviation: Math.sqrt(squares / all) };
}

/**
 * Quantiles by rank: the smallest value that at least a share q of the resamples does not exceed, so
 * rank ⌈q R⌉. NaN values are left out; NaN where nothing is left.
 *
 * @param shares each from 0 to 1
 */
export function quantilesOf({ values, ways }: Replicates, shares: readonly number[]): number[] {
  if (!ways) {
    const sorted = values.filter((value) => !Number.isNaN(value)).sort();
    return shares.map((share) => sorted[rank(share, sorted.length) - 1] ?? NaN);
  }
  const order = [...values.keys()]
    .filter((at) => !Number.isNaN(values[at]))
    .sort((a, b) => values[a] - values[b]);
  const all = order.reduce((total, at) => total + ways[at], 0);
  return shares.map((share) => {
    let left = rank(share, all);
    const found = order.find((at) => (left -= ways[at]) <= 0);
    return found === undefined ? NaN : values[found];
  });
}

/** ⌈q R⌉ from 1 to R; a q that rounding put a hair above a whole rank is that rank. */
function rank(share: number, count: number): number {
  return Math.min(count, Math.max(1, Math.ceil(share * count - 1e-9)));
}
