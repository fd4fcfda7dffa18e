/**
 * Approximate randomization: whether two systems differ on one test set by more than chance.
 *
 * @module
 */
import { bitsAt, hashKey } from "../core/random.ts";
import { type CountTable, type Metric, pairedSentences, sumsOf, tieTolerance } from "./metric.ts";
import type { RandomKey } from "./resamples.ts";

/** Sentences that differ, up to which all swaps are enumerated. */
const exactSwaps = 16;

/** How swaps are drawn. */
export interface RandomizationOptions {
  readonly key: RandomKey;
  /** 10,000 where not given. */
  readonly swaps?: number;
  /** Enumerates the swaps of at most 16 sentences instead of drawing. True where not given. */
  readonly exact?: boolean;
}

/** What randomization says of A against B. */
export interface Randomization {
  /** A minus B. */
  readonly difference: number;
  /** That |difference| is as large by chance. */
  readonly p: number;
  /** That A is better by as much by chance. */
  readonly pBetter: number;
  /** Whether all swaps were enumerated. */
  readonly exact: boolean;
  /** How many swaps there were. */
  readonly swaps: number;
}

/**
 * Two-sided approximate randomization (Noreen 1989; Yeh 2000): each sentence's counts are swapped
 * between the systems with probability ½, p = (1 + #{|Δ'| ≥ |Δ|}) / (R + 1). Where at most 16 sentences
 * differ, all swaps of those are enumerated, and p is their share.
 *
 * NOTE: sacreBLEU counts |Δ'| > |Δ|, so that a system differs "significantly" from itself. Here p is 1
 * for systems of the same counts.
 *
 * Where the difference is undefined (NaN), p is NaN; an undefined Δ' counts as no smaller.
 *
 * @throws RangeError for systems of different test sets, or for less than one swap
 */
export function randomize(
  a: CountTable,
  b: CountTable,
  metric: Metric,
  options: RandomizationOptions,
): Randomization {
  const values = [metric(sumsOf(a)), metric(sumsOf(b))];
  const swapped = swappedDifferences(a, b, metric, options);
  return judged(values[0] - values[1], tieTolerance(...values), swapped);
}

/** Two systems on one of several test sets. */
export interface RandomizedPair {
  readonly a: CountTable;
  readonly b: CountTable;
  readonly metric: Metric;
}

/**
 * The same for the mean of the differences on several test sets: swap r is made in each by itself, and
 * their mean is held against the mean as it is. None is enumerated.
 *
 * @throws RangeError as {@link randomize}, and for no test sets
 */
export function randomizeMean(
  pairs: readonly RandomizedPair[],
  options: RandomizationOptions,
): Randomization {
  const { key, swaps = 10_000 } = options;
  if (pairs.length === 0) throw new RangeError("Cannot average over 0 test sets");
  const values = pairs.flatMap(({ a, b, metric }) => [metric(sumsOf(a)), metric(sumsOf(b))]);
  const differences = new Float64Array(swaps);
  pairs.forEach(({ a, b, metric }, place) => {
    const own = { key: [...key, place], swaps, exact: false };
    const swapped = swappedDifferences(a, b, metric, own).differences;
    for (let r = 0; r < swaps; r++) differences[r] += swapped[r] / pairs.length;
  });
  let difference = 0;
  for (let at = 0; at < values.length; at += 2) {
    difference += (values[at] - values[at + 1]) / pairs.length;
  }
  return judged(difference, tieTolerance(...values), { differences, exact: false });
}

/** How many swaps are as extreme as what was seen. */
function judged(
  difference: number,
  tolerance: number,
  { differences, exact }: { differences: Float64Array; exact: boolean },
): Randomization {
  const swaps = differences.length;
  if (Number.isNaN(difference)) return { difference, p: NaN, pBetter: NaN, exact, swaps };
  let extreme = 0, better = 0;
  for (const each of differences) {
    if (!(Math.abs(each) < Math.abs(difference) - tolerance)) extreme++;
    if (!(each < difference - tolerance)) better++;
  }
  const share = (count: number): number => exact ? count / swaps : (1 + count) / (1 + swaps);
  return { difference, p: share(extreme), pBetter: share(better), exact, swaps };
}

/** The differences A' − B' after swaps: all of them, or as many as are drawn. */
export function swappedDifferences(
  a: CountTable,
  b: CountTable,
  metric: Metric,
  { key, swaps = 10_000, exact: isExact = true }: RandomizationOptions,
): { differences: Float64Array; exact: boolean } {
  const { width } = a;
  if (width !== b.width) {
    throw new RangeError(`Cannot swap counts of width ${width} with counts of width ${b.width}`);
  }
  if (!Number.isInteger(swaps) || swaps < 1) {
    throw new RangeError(`Cannot draw ${swaps} swaps: it must be at least 1`);
  }
  const changes = changesOf(a, b, pairedSentences([a, b]));
  const count = changes.length / width;
  const totals = [sumsOf(a), sumsOf(b)];
  const own = [new Float64Array(width), new Float64Array(width)];
  const change = new Float64Array(width);
  const exact = isExact && count <= exactSwaps;
  const differences = new Float64Array(exact ? 2 ** count : swaps).map((_, r) => {
    const of = hashKey(...key, r);
    change.fill(0);
    let bits = 0;
    for (let j = 0; j < count; j++) {
      if ((j & 31) === 0) bits = exact ? r : bitsAt(of, j >>> 5);
      const swapped = (bits >>> (j & 31)) & 1;
      for (let s = 0; s < width; s++) change[s] += swapped * changes[j * width + s];
    }
    for (let s = 0; s < width; s++) {
      own[0][s] = totals[0][s] + change[s];
      own[1][s] = totals[1][s] - change[s];
    }
    return metric(own[0]) - metric(own[1]);
  });
  return { differences, exact };
}

/** B − A of the sentences in which they differ, [sentences that differ, width]. */
function changesOf(a: CountTable, b: CountTable, sentences: number): Float64Array {
  const { width } = a;
  const rows: number[] = [];
  for (let i = 0; i < sentences; i++) {
    const at = i * width, end = at + width;
    const from = a.values.subarray(at, end), to = b.values.subarray(at, end);
    if (from.some((value, s) => value !== to[s])) {
      to.forEach((value, s) => rows.push(value - from[s]));
    }
  }
  return Float64Array.from(rows);
}
