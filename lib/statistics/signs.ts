/**
 * The sign test: in how many languages A is better.
 *
 * @module
 */
import { pairedDifferences } from "./pairs.ts";

/** What the sign test says of A against B. */
export interface SignTest {
  readonly wins: number;
  readonly losses: number;
  readonly ties: number;
  /** Pairs in which a score is NaN; they are left out. */
  readonly undefinedPairs: number;
  /** Two-sided. */
  readonly p: number;
  /** One-sided, A better. */
  readonly pBetter: number;
}

/**
 * The exact sign test over pairs (Dixon & Mood 1946): wins are binomial with ½ among the pairs that
 * are no ties. Two-sided p = min(1, 2 P(X ≥ max(wins, losses))); 1 where every pair is a tie.
 *
 * @throws RangeError for different numbers of scores
 */
export function signTest(a: readonly number[], b: readonly number[]): SignTest {
  const differences = pairedDifferences(a, b);
  const wins = differences.filter((each) => each > 0).length;
  const losses = differences.filter((each) => each < 0).length;
  const ties = differences.filter((each) => each === 0).length;
  return {
    wins,
    losses,
    ties,
    undefinedPairs: a.length - wins - losses - ties,
    p: Math.min(1, 2 * upperTail(wins + losses, Math.max(wins, losses))),
    pBetter: upperTail(wins + losses, wins),
  };
}

/** P(X ≥ k) of a binomial with n and ½. */
function upperTail(n: number, k: number): number {
  let logChoose = 0, sum = 0;
  for (let i = 0; i <= n; i++) {
    if (i >= k) sum += Math.exp(logChoose - n * Math.LN2);
    logChoose += Math.log((n - i) / (i + 1));
  }
  return Math.min(1, sum);
}
