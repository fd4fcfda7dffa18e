/**
 * The paired bootstrap between two systems, in the three variants that get mixed up.
 *
 * @module
 */
import { bootstrap } from "./bootstrap.ts";
import { bcaInterval, type Interval, percentileInterval } from "./interval.ts";
import { jackknife } from "./jackknife.ts";
import { type CountTable, type Metric, tieTolerance } from "./metric.ts";
import { momentsOf, shareOf } from "./replicates.ts";
import type { ResampleOptions } from "./resamples.ts";

/** What the paired bootstrap says of A against B; Δ* is a resample's difference. */
export interface PairedBootstrap {
  /** Δ: A minus B. */
  readonly difference: number;
  readonly interval: Interval;
  /** One-sided, A better: P(Δ* ≤ 0) (Koehn 2004). No p-value, as nothing shifts it to the null. */
  readonly koehn: number;
  /** One-sided, A better: P(Δ* ≥ 2Δ), shifted to the null (Berg-Kirkpatrick et al. 2012, fig. 1). */
  readonly bergKirkpatrick: number;
  /**
   * Two-sided: (#{|Δ*| − mean |Δ*| ≥ |Δ|} + 1) / (R + 1) (Moses and sacreBLEU; Riezler & Maxwell 2005).
   * NOTE: they count > for ≥, so that a system differs "significantly" from itself.
   */
  readonly sacrebleu: number;
  /** How many resamples there were; n^n where all were enumerated. */
  readonly resamples: number;
  /** Whether all resamples were enumerated; then `sacrebleu` too is a share, without the + 1. */
  readonly exact: boolean;
}

/**
 * Compares A with B over the same resamples of their test set.
 *
 * All three are 1 for systems of the same counts. Where the difference is undefined (NaN) they are
 * NaN; a resample in which it is undefined speaks against A, and is left out of the interval.
 *
 * @throws RangeError for systems of different test sets
 */
export function pairedBootstrap(
  a: CountTable,
  b: CountTable,
  metric: Metric,
  options: ResampleOptions & {
    readonly confidence?: number;
    /** `percentile` where not given. */
    readonly method?: "percentile" | "bca";
  },
): PairedBootstrap {
  const [[of], [against]] = bootstrap([a, b], [metric], options);
  const difference = of.value - against.value;
  const differences = {
    values: of.values.map((value, r) => value - against.values[r]),
    ways: of.ways,
  };
  const { confidence, method } = options;
  const interval = method === "bca"
    ? bcaInterval(difference, differences, jackknife([a, b], metric, ([x, y]) => x - y), confidence)
    : percentileInterval(difference, differences, confidence);
  const exact = differences.ways !== undefined;
  const resamples = differences.ways?.reduce((sum, way) => sum + way, 0) ?? of.values.length;
  const outcome = { difference, interval, resamples, exact };
  if (Number.isNaN(difference)) {
    return { ...outcome, koehn: NaN, bergKirkpatrick: NaN, sacrebleu: NaN };
  }
  const tolerance = tieTolerance(of.value, against.value);
  const sizes = {
    values: differences.values.map(Math.abs).filter((size) => !Number.isNaN(size)),
    ways: differences.ways?.filter((_, r) => !Number.isNaN(differences.values[r])),
  };
  const { mean } = momentsOf(sizes);
  const far = shareOf(
    differences,
    (each) => !(Math.abs(each) - mean < Math.abs(difference) - tolerance),
  );
  return {
    ...outcome,
    koehn: shareOf(differences, (each) => !(each > tolerance)),
    bergKirkpatrick: shareOf(differences, (each) => !(each < 2 * difference - tolerance)),
    sacrebleu: exact ? far : (Math.round(far * resamples) + 1) / (resamples + 1),
  };
}
