/**
 * Whether two systems differ, over their seeds and the sentences of a test set, from counts.
 *
 * @module
 */
import { sampleMoments } from "./effect_size.ts";
import { jackknife } from "./jackknife.ts";
import { type CountTable, type Metric, pairedSentences, sumsOf } from "./metric.ts";
import { studentTwoSided } from "./student_t.ts";

/** What the comparison says. */
export interface Comparison {
  /** Mean of A's seeds minus that of B's. */
  readonly difference: number;
  /** Of the difference: other sentences and, with two or more seeds, other seeds. */
  readonly standardError: number;
  /** Two-sided. */
  readonly p: number;
}

/**
 * Compares A with B by t: the variance of the difference is that over sentences, by the jackknife
 * (Quenouille 1956; Efron & Stein 1981), plus s²/S of each system over its S seeds, with the degrees
 * of freedom of Welch (1947). It needs no random numbers, and is what {@link power} simulates.
 *
 * With one seed each it is about these two models, not about their methods. Where nothing varies, p is
 * 1 for no difference, else 2^(1 − n), the least that swapping n sentences can give.
 * NaN for one sentence, or where the metric is undefined.
 *
 * @param a counts of each seed
 * @throws RangeError for systems of different test sets, or with no seeds
 */
export function compareSystems(
  a: readonly CountTable[],
  b: readonly CountTable[],
  metric: Metric,
): Comparison {
  if (a.length === 0 || b.length === 0) throw new RangeError("Cannot compare 0 seeds");
  const tables = [...a, ...b];
  const sentences = pairedSentences(tables);
  const difference = (values: readonly number[]): number =>
    meanOf(values.slice(0, a.length)) - meanOf(values.slice(a.length));
  const values = tables.map((table) => metric(sumsOf(table)));
  const without = jackknife(tables, metric, difference);
  const mean = without.reduce((sum, each) => sum + each, 0) / sentences;
  const squares = without.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  const parts = [{ variance: squares * (sentences - 1) / sentences, freedom: sentences - 1 }];
  for (const own of [values.slice(0, a.length), values.slice(a.length)]) {
    if (own.length > 1) {
      const { variance } = sampleMoments(own);
      parts.push({ variance: variance / own.length, freedom: own.length - 1 });
    }
  }
  const variance = parts.reduce((sum, part) => sum + part.variance, 0);
  const freedom = variance ** 2 /
    parts.reduce((sum, part) => sum + part.variance ** 2 / part.freedom, 0);
  const found = difference(values);
  const standardError = Math.sqrt(variance);
  const p = Number.isNaN(found) || sentences < 2
    ? NaN
    : standardError <= 1e-12 * Math.max(...values.map(Math.abs))
    ? (found === 0 ? 1 : 2 ** (1 - sentences))
    : studentTwoSided(found / standardError, freedom);
  return { difference: found, standardError: sentences < 2 ? NaN : standardError, p };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
