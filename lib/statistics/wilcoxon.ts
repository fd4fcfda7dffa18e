/**
 * Wilcoxon's signed ranks: whether A is better over languages, larger differences counting more.
 *
 * @module
 */
import { normalCdf } from "./normal.ts";
import { pairedDifferences } from "./pairs.ts";

/** Pairs up to which the distribution of the ranks is exact. */
const exactPairs = 50;

/** What signed ranks say of A against B. */
export interface SignedRanks {
  /** Sum of the ranks of the pairs in which A is better. */
  readonly positive: number;
  /** Sum of the ranks of the pairs in which B is. */
  readonly negative: number;
  /** Pairs that are ranked: no ties, no NaN. */
  readonly pairs: number;
  readonly ties: number;
  readonly undefinedPairs: number;
  /** Two-sided. */
  readonly p: number;
  /** One-sided, A better. */
  readonly pBetter: number;
  readonly exact: boolean;
}

/**
 * Wilcoxon's signed-rank test (Wilcoxon 1945). Pairs without a difference are left out; equal
 * differences share the mean of their ranks, and the distribution is that of those very ranks under
 * all 2^n signs, so ties stay exact. Above 50 pairs it is normal with the variance of the ranks,
 * Σ rank² / 4, without a correction for continuity. p is 1 where every pair is a tie.
 *
 * @throws RangeError for different numbers of scores
 */
export function signedRanks(a: readonly number[], b: readonly number[]): SignedRanks {
  const all = pairedDifferences(a, b);
  const differences = all.filter((each) => each < 0 || each > 0);
  const ties = all.filter((each) => each === 0).length;
  // Twice the ranks are whole numbers.
  const doubled = doubledRanks(differences.map(Math.abs));
  const total = doubled.reduce((sum, rank) => sum + rank, 0);
  const positive = doubled.reduce((sum, rank, i) => sum + (differences[i] > 0 ? rank : 0), 0);
  const exact = differences.length <= exactPairs;
  const atLeast = exact ? exactTail(doubled, total) : normalTail(doubled, total);
  return {
    positive: positive / 2,
    negative: (total - positive) / 2,
    pairs: differences.length,
    ties,
    undefinedPairs: all.length - differences.length - ties,
    p: Math.min(1, 2 * atLeast(Math.max(positive, total - positive))),
    pBetter: atLeast(positive),
    exact,
  };
}

/** Twice the ranks of sizes, from 2; sizes that only rounding parts are equal. */
function doubledRanks(sizes: readonly number[]): number[] {
  const order = sizes.map((_, i) => i).sort((i, j) => sizes[i] - sizes[j]);
  const ranks = new Array<number>(sizes.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && sizes[order[end]] <= sizes[order[start]] * (1 + 1e-9)) end++;
    for (let k = start; k < end; k++) ranks[order[k]] = start + 1 + end;
    start = end;
  }
  return ranks;
}

/** P(sum ≥ s) when each rank is taken with ½, by convolution. */
function exactTail(doubled: readonly number[], total: number): (sum: number) => number {
  const chances = new Float64Array(total + 1);
  chances[0] = 1;
  let reached = 0;
  for (const rank of doubled) {
    reached += rank;
    for (let sum = reached; sum >= 0; sum--) {
      chances[sum] = (chances[sum] + (sum >= rank ? chances[sum - rank] : 0)) / 2;
    }
  }
  return (sum) => chances.subarray(sum).reduce((tail, chance) => tail + chance, 0);
}

function normalTail(doubled: readonly number[], total: number): (sum: number) => number {
  const deviation = Math.sqrt(doubled.reduce((sum, rank) => sum + rank * rank, 0) / 4);
  return (sum) => normalCdf((total / 2 - sum) / deviation);
}
