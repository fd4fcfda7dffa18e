/**
 * Aggregates over tasks that a few odd scores do not move (Agarwal et al. 2021, rliable).
 *
 * @module
 */
import { probabilityOfSuperiority } from "./effect_size.ts";

/**
 * The interquartile mean of all scores of all languages and seeds: the mean without the lowest and
 * the highest ⌊n/4⌋ (Agarwal et al. 2021, sec. 4.3; `scipy.stats.trim_mean(0.25)`). Below four scores
 * it is the mean. NaN for no scores, or one that is NaN.
 *
 * @param scores `[language][seed]`
 */
export function interquartileMean(scores: readonly (readonly number[])[]): number {
  const all = Float64Array.from(scores.flat());
  if (all.some(Number.isNaN)) return NaN;
  const cut = Math.floor(all.length / 4);
  const kept = all.sort().subarray(cut, all.length - cut);
  return kept.reduce((sum, score) => sum + score, 0) / kept.length;
}

/**
 * The probability that a run of A is better than one of B in a language, ties half, averaged over
 * languages (Agarwal et al. 2021, sec. 4.3). ½ for identical systems.
 *
 * @param a `[language][seed]`
 * @param b of the same languages
 * @throws RangeError for different numbers of languages
 */
export function probabilityOfImprovement(
  a: readonly (readonly number[])[],
  b: readonly (readonly number[])[],
): number {
  if (a.length !== b.length) {
    throw new RangeError(`Cannot compare systems of ${a.length} and ${b.length} languages`);
  }
  const sum = a.reduce((total, own, i) => total + probabilityOfSuperiority(own, b[i]), 0);
  return sum / a.length;
}
