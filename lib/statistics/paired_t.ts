/**
 * What Student's t says of a few seeds: an interval of their mean, and whether pairs differ.
 *
 * @module
 */
import { sampleMoments } from "./effect_size.ts";
import { pairedDifferences } from "./pairs.ts";
import { studentCdf, studentQuantile, studentTwoSided } from "./student_t.ts";

/**
 * The interval of a mean over seeds, mean ± t s/√n (Student 1908): of the mean that more seeds would
 * have, if scores are normal. NaN for one seed, which says nothing of others.
 */
export function meanInterval(
  scores: readonly number[],
  confidence = 0.95,
): { mean: number; deviation: number; low: number; high: number } {
  const { mean, variance } = sampleMoments(scores);
  const deviation = Math.sqrt(variance);
  const half = studentQuantile((1 + confidence) / 2, scores.length - 1) * deviation /
    Math.sqrt(scores.length);
  return { mean, deviation, low: mean - half, high: mean + half };
}

/** What a paired t test says. */
export interface PairedT {
  readonly t: number;
  readonly freedom: number;
  /** Two-sided. */
  readonly p: number;
}

/**
 * The paired t test (Student 1908). Where all differences are equal there is no deviation to judge
 * them by: t is 0 and p is 1 for differences of 0, else both are NaN, as for one pair.
 *
 * @throws RangeError for different numbers of scores
 */
export function pairedT(a: readonly number[], b: readonly number[]): PairedT {
  const { mean, variance } = sampleMoments(pairedDifferences(a, b));
  const freedom = a.length - 1;
  if (mean === 0 && variance === 0) return { t: 0, freedom, p: 1 };
  // Rounding is no deviation.
  if (!(Math.sqrt(variance) > 1e-12 * Math.abs(mean))) return { t: NaN, freedom, p: NaN };
  const t = mean / Math.sqrt(variance / a.length);
  return { t, freedom, p: studentTwoSided(t, freedom) };
}

/** Posterior probabilities; they sum to 1. */
export interface Posterior {
  /** That A is better by more than the rope. */
  readonly better: number;
  /** That the difference lies within the rope. */
  readonly equivalent: number;
  readonly worse: number;
}

/**
 * The Bayesian correlated t test (Corani & Benavoli 2015; Benavoli et al. 2017, sec. 4.1): the mean
 * difference is t with n − 1 degrees of freedom and variance s² (1/n + ρ/(1 − ρ)). With few seeds it
 * tells "equivalent" from "cannot be decided", which a p-value does not.
 *
 * NaN for one pair, or where all differences are equal.
 *
 * @param rope differences up to it are no difference: 0.01 is one point of a share
 * @param correlation ρ of the differences: 0 for seeds on one training set, 1/k for k folds
 * @throws RangeError for different numbers of scores, or a correlation outside [0, 1)
 */
export function correlatedT(
  a: readonly number[],
  b: readonly number[],
  rope: number,
  correlation = 0,
): Posterior {
  if (!(correlation >= 0 && correlation < 1)) {
    throw new RangeError(`Cannot correlate differences by ${correlation}: 0 for seeds`);
  }
  const { mean, variance } = sampleMoments(pairedDifferences(a, b));
  const scale = Math.sqrt(variance * (1 / a.length + correlation / (1 - correlation)));
  if (!(scale > 1e-12 * Math.abs(mean))) return { better: NaN, equivalent: NaN, worse: NaN };
  const better = studentCdf((mean - rope) / scale, a.length - 1);
  const worse = studentCdf((-rope - mean) / scale, a.length - 1);
  return { better, equivalent: 1 - better - worse, worse };
}
