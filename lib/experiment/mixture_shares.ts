/**
 * How much of an epoch each language gets.
 *
 * @module
 */
import type { Problem } from "../core/errors.ts";
import { suggest } from "../core/suggest.ts";

/** What decides how much of an epoch each language gets; nothing of it: every sentence once. */
export interface Proportions {
  /** Of an epoch, by language; they sum to 1. */
  readonly shares?: Readonly<Record<string, number>>;
  /** The exponent of the sizes. */
  readonly alpha?: number;
  /** 1 / alpha. */
  readonly temperature?: number;
  /**
   * The most sentences of a language that count (Raffel et al. 2020, §3.5.2: its size limit K), and
   * the most of it that an epoch reads.
   */
  readonly cap?: number;
  /** Sentences of an epoch. */
  readonly size?: number;
}

/** A language's part of an epoch. */
export interface Portion {
  readonly language: string;
  /** Of the epoch, from 0 to 1. */
  readonly share: number;
  /** Sentences: the share of the epoch, less than 1 off. */
  readonly count: number;
}

/**
 * Sampling with a temperature 1 / α (Conneau & Lample 2019, §3.1): q_i = p_i^α / Σ_j p_j^α, where
 * p_i = n_i / Σ_j n_j. α = 1 takes sentences as they are, α = 0 every language alike.
 *
 * @param sizes n_i, each at least 1
 */
export function temperatureShares(sizes: readonly number[], alpha: number): number[] {
  const most = sizes.reduce((most, n) => Math.max(most, n));
  const powers = sizes.map((n) => (n / most) ** alpha); // Σ n cancels out, and so does the most
  const sum = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / sum);
}

/**
 * Whole numbers that sum to `size`, each less than 1 from its share of it (the largest remainders are
 * rounded up; of equal ones, the first).
 *
 * @param shares sum to 1
 */
export function apportion(shares: readonly number[], size: number): number[] {
  const counts = shares.map((share) => Math.floor(share * size));
  const left = size - counts.reduce((sum, count) => sum + count, 0);
  shares.map((share, i) => ({ i, remainder: share * size - counts[i] }))
    .sort((a, b) => b.remainder - a.remainder || a.i - b.i)
    .slice(0, left)
    .forEach(({ i }) => counts[i]++);
  return counts;
}

/**
 * The part of each language.
 *
 * @param pools how many sentences there are to be read, by language; each at least 1
 */
export function portionsOf(
  pools: ReadonlyMap<string, number>,
  { shares, alpha, temperature = 1, cap = Infinity, size }: Proportions,
): Portion[] {
  const languages = [...pools.keys()];
  const sizes = [...pools.values()].map((n) => Math.min(n, cap));
  const given = languages.map((language) => shares ? shares[language] : 0);
  const sum = given.reduce((sum, share) => sum + share, 0);
  const asked = shares
    ? given.map((share) => share / sum)
    : temperatureShares(sizes, alpha ?? 1 / temperature);
  const all = sizes.reduce((sum, n, i) => asked[i] > 0 ? sum + n : sum, 0);
  const counts = apportion(asked, size ?? all);
  return languages.map((language, i) => ({ language, share: asked[i], count: counts[i] }));
}

/** What is wrong with portions: a language that would be read too often, or never. */
export function portionProblems(portions: readonly Portion[], { cap }: Proportions): Problem[] {
  const size = portions.reduce((sum, { count }) => sum + count, 0);
  const most = portions.reduce((most, { share }) => Math.max(most, share), 0);
  return portions.flatMap(({ language, share, count }) => {
    if (cap !== undefined && count > cap) {
      return [{
        message: `Cannot take ${count} sentences of ${language} in an epoch of ${size}: ` +
          `the cap is ${cap}`,
        hint: `make size at most ${Math.floor(cap / most)}, or the cap larger`,
      }];
    }
    if (share > 0 && count === 0) {
      return [{
        message: `Cannot read ${language}: its share of an epoch of ${size} is ` +
          `${Number((share * size).toPrecision(2))} sentences`,
        hint: "make size larger, or its share",
      }];
    }
    return [];
  });
}

/** What is wrong with shares beside the languages of the inputs. */
export function shareProblems(
  shares: Proportions["shares"],
  languages: readonly string[],
): Problem[] {
  if (!shares) return [];
  const absent = Object.keys(shares).filter((language) => !languages.includes(language));
  const unnamed = languages.filter((language) => !Object.hasOwn(shares, language));
  return [
    ...absent.map((language): Problem => ({
      message: `Cannot give "${language}" a share: no input has that language`,
      hint: suggest(language, languages),
      param: ["shares", language],
    })),
    ...unnamed.map((language): Problem => ({
      message: `Cannot mix "${language}" without a share`,
      hint: "name every language of the inputs in shares; 0 leaves one out",
      param: ["shares"],
    })),
  ];
}
