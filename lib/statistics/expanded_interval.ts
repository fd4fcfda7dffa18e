/**
 * Percentile intervals for statistics of which few seeds have run.
 *
 * @module
 */
import { type Interval, percentileInterval, rankedInterval } from "./interval.ts";
import { normalCdf } from "./normal.ts";
import { momentsOf, type Replicates } from "./replicates.ts";
import { studentQuantile } from "./student_t.ts";

/** One of the things that a statistic varies by. */
export interface VariancePart {
  /** Of the statistic, by this thing alone: an unbiased estimate. */
  readonly variance: number;
  /** Degrees of freedom of that estimate. */
  readonly freedom: number;
}

/** The sum of parts, and its degrees of freedom (Welch 1947; Satterthwaite 1946). */
export function sumOfParts(parts: readonly VariancePart[]): VariancePart {
  const variance = parts.reduce((sum, part) => sum + part.variance, 0);
  const freedom = variance ** 2 /
    parts.reduce((sum, part) => sum + part.variance ** 2 / part.freedom, 0);
  return { variance, freedom };
}

/**
 * The expanded percentile interval (Hesterberg 2015, sec. 3.3): at shares Φ(∓z) of the resamples with
 * z = t √(variance / variance of the resamples), t of Student with the parts' degrees of freedom.
 * S resampled seeds vary (S − 1)/S of what S new ones would, and with few nobody knows well how much
 * that is: the percentile interval is too narrow for both reasons, and this one makes up for both as
 * far as the resamples reach.
 *
 * Degenerate: the percentile interval where resamples do not vary, or the variance is no number.
 *
 * @throws RangeError for a confidence that is not between 0 and 1
 */
export function expandedInterval(
  value: number,
  replicates: Replicates,
  parts: readonly VariancePart[],
  confidence = 0.95,
): Interval {
  const { variance, freedom } = sumOfParts(parts);
  const kept = [...replicates.values.keys()].filter((at) => !Number.isNaN(replicates.values[at]));
  const spread = momentsOf({
    values: Float64Array.from(kept, (at) => replicates.values[at]),
    ways: replicates.ways && Float64Array.from(kept, (at) => replicates.ways![at]),
  }).deviation;
  const z = studentQuantile((1 + confidence) / 2, freedom) * Math.sqrt(variance) / spread;
  return z > 0 && z < Infinity
    ? rankedInterval(value, replicates, confidence, [normalCdf(-z), normalCdf(z)], "expanded")
    : percentileInterval(value, replicates, confidence);
}
