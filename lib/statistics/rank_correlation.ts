/**
 * Whether two orders agree: Spearman's rho and Kendall's tau-b, with ties.
 *
 * @module
 */
import { normalCdf, normalQuantile } from "./normal.ts";
import { meanRanks, tiedGroups } from "./ranks.ts";
import { studentTwoSided } from "./student_t.ts";

/** How two orders agree. */
export interface RankCorrelation {
  /** −1 to 1; NaN where one side has no order: fewer than two pairs, or all its values equal. */
  readonly value: number;
  /** Two-sided, of no agreement; NaN where it cannot be told. */
  readonly p: number;
}

/** Pairs without ties up to which Kendall's distribution is exact, as scipy has it. */
const exactPairs = 33;

/**
 * Spearman's rho (Spearman 1904): Pearson's correlation of the ranks, ties sharing the mean of theirs.
 * Its p is of t = ρ √((n − 2) / (1 − ρ²)) with n − 2 degrees of freedom; NaN for two pairs.
 *
 * @throws RangeError for different numbers of values, or a value that is NaN
 */
export function spearman(a: readonly number[], b: readonly number[]): RankCorrelation {
  checkPairs(a, b);
  const value = pearson(meanRanks(a), meanRanks(b));
  const freedom = a.length - 2;
  if (Number.isNaN(value) || freedom < 1) return { value, p: NaN };
  const t = value * Math.sqrt(freedom / ((1 - value) * (1 + value)));
  return { value, p: studentTwoSided(t, freedom) };
}

/**
 * An interval of rho: tanh(atanh ρ ± z √((1 + ρ²/2) / (n − 3))) (Bonett & Wright 2000). NaN for fewer
 * than four pairs, and for a rho of ±1, around which it would have no width.
 */
export function spearmanInterval(
  rho: number,
  pairs: number,
  confidence = 0.95,
): { readonly low: number; readonly high: number } {
  if (!(pairs > 3) || !(Math.abs(rho) < 1)) return { low: NaN, high: NaN };
  const width = normalQuantile((1 + confidence) / 2) * Math.sqrt((1 + rho * rho / 2) / (pairs - 3));
  return { low: Math.tanh(Math.atanh(rho) - width), high: Math.tanh(Math.atanh(rho) + width) };
}

/**
 * Kendall's tau-b (Kendall 1945): (concordant − discordant) / √((pairs untied in a)(pairs untied in
 * b)). Its p is exact without ties up to 33 values, and where at most one pair is discordant or
 * concordant; else it is normal with the variance of the ties (Kendall 1970), as scipy's `kendalltau`.
 *
 * @throws RangeError for different numbers of values, or a value that is NaN
 */
export function kendall(a: readonly number[], b: readonly number[]): RankCorrelation {
  checkPairs(a, b);
  const n = a.length, all = n * (n - 1) / 2;
  const tiesA = tieSums(a), tiesB = tieSums(b);
  if (n < 2 || tiesA.pairs === all || tiesB.pairs === all) return { value: NaN, p: NaN };
  let concordant = 0, discordant = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const sign = order(a[i], a[j]) * order(b[i], b[j]);
      if (sign > 0) concordant++;
      else if (sign < 0) discordant++;
    }
  }
  const difference = concordant - discordant;
  const value = Math.max(
    -1,
    Math.min(1, difference / Math.sqrt((all - tiesA.pairs) * (all - tiesB.pairs))),
  );
  const fewest = Math.min(concordant, discordant);
  if (tiesA.pairs === 0 && tiesB.pairs === 0 && (n <= exactPairs || fewest <= 1)) {
    return { value, p: exactTail(n, fewest) };
  }
  const m = n * (n - 1);
  const variance = (m * (2 * n + 5) - tiesA.linear - tiesB.linear) / 18 +
    2 * tiesA.pairs * tiesB.pairs / m +
    (n > 2 ? tiesA.triples * tiesB.triples / (9 * m * (n - 2)) : 0);
  return { value, p: 2 * normalCdf(-Math.abs(difference) / Math.sqrt(variance)) };
}

/** Pearson's correlation of ranks; NaN where one side does not vary. */
function pearson(a: readonly number[], b: readonly number[]): number {
  const mean = (a.length + 1) / 2; // of ranks
  let products = 0, squaresA = 0, squaresB = 0;
  a.forEach((each, i) => {
    products += (each - mean) * (b[i] - mean);
    squaresA += (each - mean) ** 2;
    squaresB += (b[i] - mean) ** 2;
  });
  if (squaresA === 0 || squaresB === 0) return NaN;
  return Math.max(-1, Math.min(1, products / Math.sqrt(squaresA * squaresB)));
}

/** Of groups of t tied values: Σ t(t−1)/2, Σ t(t−1)(t−2), Σ t(t−1)(2t+5). */
function tieSums(values: readonly number[]) {
  const sums = { pairs: 0, triples: 0, linear: 0 };
  for (const { length: t } of tiedGroups(values)) {
    sums.pairs += t * (t - 1) / 2;
    sums.triples += t * (t - 1) * (t - 2);
    sums.linear += t * (t - 1) * (2 * t + 5);
  }
  return sums;
}

/** P(at most `fewest` discordant pairs, or as few concordant ones) among all n! orders. */
function exactTail(n: number, fewest: number): number {
  if (2 * fewest >= n * (n - 1) / 2) return 1;
  // chances[k] = P(k discordant pairs); a value put among i others is discordant with 0 … i of them.
  let chances = new Float64Array(fewest + 1);
  chances[0] = 1;
  for (let i = 1; i < n; i++) {
    const next = new Float64Array(fewest + 1);
    for (let k = 0; k <= fewest; k++) {
      for (let moved = 0; moved <= Math.min(i, k); moved++) next[k] += chances[k - moved];
      next[k] /= i + 1;
    }
    chances = next;
  }
  return Math.min(1, 2 * chances.reduce((sum, chance) => sum + chance, 0));
}

function order(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function checkPairs(a: readonly number[], b: readonly number[]): void {
  if (a.length === b.length) return;
  throw new RangeError(`Cannot correlate ${a.length} values with ${b.length}`);
}
