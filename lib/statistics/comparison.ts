/**
 * Whether two systems differ, over their seeds and the sentences of a test set, from counts.
 *
 * @module
 */
import { sampleMoments } from "./effect_size.ts";
import { sumOfParts, type VariancePart } from "./expanded_interval.ts";
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

/** A difference, and what it varies by. */
export interface VaryingDifference {
  readonly difference: number;
  readonly sentences: number;
  /** The scores of each seed. */
  readonly a: readonly number[];
  readonly b: readonly number[];
  /** Of the difference, over sentences alone. */
  readonly bySentences: VariancePart;
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
  const found = varyingDifference(a, b, metric);
  return testDifference([found], [...seedParts(found.a), ...seedParts(found.b)]);
}

/**
 * The difference of two systems on one test set, and its variance over sentences by the jackknife.
 *
 * @param a counts of each seed
 * @throws RangeError for systems of different test sets, or with no seeds
 */
export function varyingDifference(
  a: readonly CountTable[],
  b: readonly CountTable[],
  metric: Metric,
): VaryingDifference {
  if (a.length === 0 || b.length === 0) throw new RangeError("Cannot compare 0 seeds");
  const tables = [...a, ...b];
  const sentences = pairedSentences(tables);
  const difference = (values: readonly number[]): number =>
    meanOf(values.slice(0, a.length)) - meanOf(values.slice(a.length));
  const values = tables.map((table) => metric(sumsOf(table)));
  const without = jackknife(tables, metric, difference);
  const mean = without.reduce((sum, each) => sum + each, 0) / sentences;
  const squares = without.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  return {
    difference: difference(values),
    sentences,
    a: values.slice(0, a.length),
    b: values.slice(a.length),
    bySentences: { variance: squares * (sentences - 1) / sentences, freedom: sentences - 1 },
  };
}

/** What the mean of some seeds varies by: s²/S; nothing that is known for one seed. */
export function seedParts(scores: readonly number[]): VariancePart[] {
  if (scores.length < 2) return [];
  const { variance } = sampleMoments(scores);
  return [{ variance: variance / scores.length, freedom: scores.length - 1 }];
}

/**
 * Tests the mean of differences of several test sets, or the one difference, by t as
 * {@link compareSystems} does.
 *
 * @param seeds what that mean varies by over seeds
 */
export function testDifference(
  differences: readonly VaryingDifference[],
  seeds: readonly VariancePart[],
): Comparison {
  const count = differences.length;
  const difference = meanOf(differences.map((each) => each.difference));
  const sentences = differences.reduce((sum, each) => sum + each.sentences, 0);
  const { variance, freedom } = sumOfParts([
    ...differences.map(({ bySentences }) => ({
      variance: bySentences.variance / count ** 2,
      freedom: bySentences.freedom,
    })),
    ...seeds,
  ]);
  const isAlone = differences.some((each) => each.sentences < 2);
  const standardError = Math.sqrt(variance);
  const largest = Math.max(...differences.flatMap(({ a, b }) => [...a, ...b]).map(Math.abs));
  const p = Number.isNaN(difference) || isAlone
    ? NaN
    : standardError <= 1e-12 * largest
    ? (difference === 0 ? 1 : 2 ** (1 - sentences))
    : studentTwoSided(difference / standardError, freedom);
  return { difference, standardError: isAlone ? NaN : standardError, p };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
