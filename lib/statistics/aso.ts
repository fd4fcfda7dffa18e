/**
 * Almost stochastic order: whether runs of A are better than runs of B, over seeds.
 *
 * @module
 */
import { CounterRandom } from "../core/random.ts";
import { exactSize, type Multisets, multisets } from "./multisets.ts";
import { normalQuantile } from "./normal.ts";
import { momentsOf } from "./replicates.ts";
import type { RandomKey } from "./resamples.ts";

/** How the deviation is found. */
export interface AsoOptions {
  /** 0.05 where not given. */
  readonly alpha?: number;
  /** Names the random numbers that more than 7 seeds need. */
  readonly key: RandomKey;
  /** Drawn for more than 7 seeds; 2,000 where not given. */
  readonly resamples?: number;
}

/** How far A is from being better than B in every quantile. */
export interface AlmostStochasticOrder {
  /** ε of the scores themselves: 0 where A is better in every quantile, 1 where B is. */
  readonly violation: number;
  /** Mean of ε over resamples of the seeds. */
  readonly mean: number;
  /** Standard deviation of ε over resamples of the seeds. */
  readonly deviation: number;
  /**
   * The upper bound of ε at confidence 1 − α, 0 to 1. A is almost stochastically better below 0.5;
   * Ulmer et al. 2022 advise 0.2.
   */
  readonly epsilonMin: number;
  readonly alpha: number;
  /** Whether all resamples were enumerated, with no random numbers. */
  readonly exact: boolean;
}

/**
 * Almost stochastic order (del Barrio et al. 2018; Dror, Shlomov & Reichart 2019): ε_min =
 * ε(F, G) − √((n + m) / nm) σ̂ Φ⁻¹(α), with σ̂² the variance of √(nm / (n + m)) (ε* − ε), so that the
 * root cancels: ε + Φ⁻¹(1 − α) sd(ε*), clipped to [0, 1]. With up to 7 seeds of each system sd is
 * that of all resamples, each weighted with the ways to draw it.
 *
 * NOTE: ε has kinks, and few seeds few quantiles: with one seed each, sd is 0 and ε_min is 0, ½ or 1,
 * which says which score is larger and nothing more. Scores all equal give ½.
 *
 * @param a scores of A, one a seed; larger is better
 * @throws RangeError for no scores, a score that is no number, or an α outside (0, 1)
 */
export function almostStochasticOrder(
  a: readonly number[],
  b: readonly number[],
  { alpha = 0.05, key, resamples = 2000 }: AsoOptions,
): AlmostStochasticOrder {
  if (!(alpha > 0 && alpha < 1)) {
    throw new RangeError(`Cannot bound the violation at α = ${alpha}: 0.05 is usual`);
  }
  const [sortedA, sortedB] = [ascending(a), ascending(b)];
  const violation = ratioOf(sortedA, sortedB);
  const exact = a.length <= exactSize && b.length <= exactSize;
  const ratios = exact
    ? everyRatio(sortedA, sortedB)
    : { values: drawnRatios(sortedA, sortedB, resamples, key) };
  const { mean, deviation } = momentsOf(ratios);
  const bound = violation - normalQuantile(alpha) * deviation;
  const epsilonMin = Math.min(1, Math.max(0, bound));
  return { violation, mean, deviation, epsilonMin, alpha, exact };
}

/**
 * The violation ratio ε(F, G) = ∫ over t with F⁻¹(t) < G⁻¹(t) of (F⁻¹ − G⁻¹)² dt / ∫ (F⁻¹ − G⁻¹)² dt
 * (del Barrio et al. 2018, eq. 2.3), F⁻¹ and G⁻¹ the quantile functions of the scores of A and B. They are
 * steps, so the integral is a sum over i/n and j/m. ε(A, B) = 1 − ε(B, A); ½ for equal scores.
 *
 * @throws RangeError for no scores, or a score that is no number
 */
export function violationRatio(a: readonly number[], b: readonly number[]): number {
  return ratioOf(ascending(a), ascending(b));
}

/**
 * By what factor more seeds shrink the part of ε_min that is doubt: the root of (n + m) / nm before,
 * over that of after (Ulmer et al. 2022, sec. 3).
 */
export function uncertaintyReduction(
  before: readonly [number, number],
  after: readonly [number, number],
): number {
  const doubt = ([n, m]: readonly [number, number]): number => (n + m) / (n * m);
  return Math.sqrt(doubt(before) / doubt(after));
}

/** {@link violationRatio} of ascending scores. Widths of steps are whole numbers of 1/nm. */
function ratioOf(a: Float64Array, b: Float64Array): number {
  const n = a.length, m = b.length;
  let worse = 0, all = 0;
  for (let i = 0, j = 0, from = 0; i < n && j < m;) {
    const endA = (i + 1) * m, endB = (j + 1) * n;
    const to = endA < endB ? endA : endB;
    const gap = a[i] - b[j];
    const area = gap * gap * (to - from);
    all += area;
    if (gap < 0) worse += area;
    if (endA === to) i++;
    if (endB === to) j++;
    from = to;
  }
  return all === 0 ? 0.5 : worse / all;
}

/** ε of every pair of resamples, with its ways. */
function everyRatio(
  a: Float64Array,
  b: Float64Array,
): { values: Float64Array; ways: Float64Array } {
  const setsA = multisets(a.length), setsB = multisets(b.length);
  const samplesA = samplesOf(a, setsA), samplesB = samplesOf(b, setsB);
  const count = setsA.count * setsB.count;
  const values = new Float64Array(count), ways = new Float64Array(count);
  for (let i = 0, at = 0; i < setsA.count; i++) {
    for (let j = 0; j < setsB.count; j++, at++) {
      values[at] = ratioOf(samplesA[i], samplesB[j]);
      ways[at] = setsA.ways[i] * setsB.ways[j];
    }
  }
  return { values, ways };
}

/** The scores of each multiset, ascending as the scores are. */
function samplesOf(
  scores: Float64Array,
  { size, count, multiplicities }: Multisets,
): Float64Array[] {
  return Array.from({ length: count }, (_, set) => {
    const sample = new Float64Array(size);
    for (let i = 0, at = 0; i < size; i++) {
      for (let times = multiplicities[set * size + i]; times > 0; times--) sample[at++] = scores[i];
    }
    return sample;
  });
}

function drawnRatios(
  a: Float64Array,
  b: Float64Array,
  resamples: number,
  key: RandomKey,
): Float64Array {
  const named = new CounterRandom(...key);
  return new Float64Array(resamples).map((_, r) => {
    const random = named.fork(r);
    const draw = (scores: Float64Array): Float64Array =>
      scores.map(() => scores[random.integer(scores.length)]).sort();
    return ratioOf(draw(a), draw(b));
  });
}

function ascending(scores: readonly number[]): Float64Array {
  const odd = scores.find((score) => !Number.isFinite(score));
  if (scores.length === 0 || odd !== undefined) {
    throw new RangeError(
      `Cannot order runs by their scores: ${
        odd === undefined ? "there are none" : `one is ${odd}`
      }`,
    );
  }
  return Float64Array.from(scores).sort();
}
