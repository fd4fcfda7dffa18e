/**
 * Intervals of a statistic from its resamples.
 *
 * @module
 */
import { tieTolerance } from "./metric.ts";
import { normalCdf, normalQuantile } from "./normal.ts";
import { quantilesOf, type Replicates, shareOf } from "./replicates.ts";

/** Where a value lies, as far as resampling can say. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** 0.95 for a 95 % interval. */
  readonly confidence: number;
  readonly method: "percentile" | "bca" | "expanded" | "none";
  /** The share of resamples in which the value was undefined (NaN); they are left out. */
  readonly undefinedShare: number;
}

/**
 * The percentile interval (Efron 1979): ranks ⌈R α/2⌉ and ⌈R (1 − α/2)⌉.
 *
 * Degenerate: of width 0 where no resample changes the value; NaN, with method `none`, where the
 * value is NaN itself or in every resample.
 *
 * @throws RangeError for a confidence that is not between 0 and 1
 */
export function percentileInterval(
  value: number,
  replicates: Replicates,
  confidence = 0.95,
): Interval {
  checkConfidence(confidence);
  const shares = [(1 - confidence) / 2, (1 + confidence) / 2];
  return rankedInterval(value, replicates, confidence, shares, "percentile");
}

/**
 * The bias-corrected and accelerated interval (Efron 1987; Efron & Tibshirani 1993, eq. 14.10): the
 * percentile interval at other ranks, which {@link bcaShares} says.
 *
 * Degenerate: where bias or acceleration cannot be told (no resample on one side of the value, or a
 * value that no sentence changes), the percentile interval, and its method says so.
 *
 * @param left the value without each sentence in turn, [sentences]
 * @throws RangeError for a confidence that is not between 0 and 1
 */
export function bcaInterval(
  value: number,
  replicates: Replicates,
  left: Float64Array,
  confidence = 0.95,
): Interval {
  checkConfidence(confidence);
  const shares = bcaShares(value, replicates, left, confidence);
  return shares.every((share) => share > 0 && share < 1)
    ? rankedInterval(value, replicates, confidence, shares, "bca")
    : percentileInterval(value, replicates, confidence);
}

/**
 * Which quantiles of the resamples the BCa interval takes: Φ(z₀ + (z₀ + z) / (1 − a (z₀ + z))) at
 * z = Φ⁻¹(α/2) and Φ⁻¹(1 − α/2), with the bias z₀ = Φ⁻¹(P(θ* < θ) + P(θ* = θ)/2) and the acceleration
 * a = Σ d³ / 6 (Σ d²)^1.5, d the jackknife's mean minus its values.
 */
export function bcaShares(
  value: number,
  replicates: Replicates,
  left: Float64Array,
  confidence: number,
): [number, number] {
  const tolerance = tieTolerance(value);
  const defined = shareOf(replicates, (each) => !Number.isNaN(each));
  const below = shareOf(replicates, (each) => each < value - tolerance) / defined;
  const equal = shareOf(replicates, (each) => Math.abs(each - value) <= tolerance) / defined;
  const bias = normalQuantile(below + equal / 2);
  const kept = left.filter((each) => !Number.isNaN(each));
  const mean = kept.reduce((sum, each) => sum + each, 0) / kept.length;
  let squares = 0, cubes = 0;
  for (const each of kept) {
    squares += (mean - each) ** 2;
    cubes += (mean - each) ** 3;
  }
  const acceleration = cubes / (6 * squares ** 1.5);
  const shareAt = (share: number): number => {
    const z = bias + normalQuantile(share);
    return normalCdf(bias + z / (1 - acceleration * z));
  };
  return [shareAt((1 - confidence) / 2), shareAt((1 + confidence) / 2)];
}

/**
 * The interval at two shares of the resamples, each 0 to 1, by whatever method they were found.
 *
 * Degenerate: NaN, with method `none`, where the value is NaN itself or in every resample.
 */
export function rankedInterval(
  value: number,
  replicates: Replicates,
  confidence: number,
  shares: readonly number[],
  method: "percentile" | "bca" | "expanded",
): Interval {
  const undefinedShare = shareOf(replicates, Number.isNaN);
  if (Number.isNaN(value) || undefinedShare === 1) {
    return { low: NaN, high: NaN, confidence, method: "none", undefinedShare };
  }
  const [low, high] = quantilesOf(replicates, shares);
  return { low, high, confidence, method, undefinedShare };
}

function checkConfidence(confidence: number): void {
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`Cannot make an interval of confidence ${confidence}: 0.95 is 95 %`);
  }
}
