/**
 * The bootstrap over languages, seeds and sentences: how sure a mean over languages is.
 *
 * @module
 */
import { CounterRandom } from "../core/random.ts";
import type { Estimate } from "./bootstrap.ts";
import type { RandomKey } from "./resamples.ts";

/** A seed's score in a language: as it is, or with what it was over resampled sentences. */
export type SeedScore = number | Estimate;

/** What is resampled. */
export interface OverLanguagesOptions {
  readonly key: RandomKey;
  /** 2,000 where not given; as many as the scores have, where those are of resampled sentences. */
  readonly resamples?: number;
  /**
   * `fixed`: these languages are all that is asked about. `sampled`: they stand for others, and are
   * resampled too. `fixed` where not given.
   */
  readonly languages?: "fixed" | "sampled";
  /**
   * `nested`: seeds of each language are drawn by themselves (Agarwal et al. 2021, stratified).
   * `crossed`: one draw for all, as seed 3 is one model in every language; without it a seed that is
   * good everywhere looks like chance that the mean evens out. `nested` where not given.
   */
  readonly seeds?: "nested" | "crossed";
  /** Of scores, `[language][seed]`; the mean of the languages' means where not given. */
  readonly statistic?: (scores: readonly (readonly number[])[]) => number;
}

/**
 * A statistic over languages, and what it is over resamples; `percentileInterval` makes it an
 * interval. Resample r draws languages where they are sampled, in each as many seeds as there are,
 * and takes of each seed what sentences r gave, where it has those. One key draws the same for every
 * system, so that differences at r are paired.
 *
 * Degenerate: one seed says nothing of others, nor one language; that level then adds nothing. An
 * undefined score (NaN), as of a language with no entity, makes the mean NaN: leave that language out
 * for every system, or say that there is no mean.
 *
 * @param scores `[language][seed]`
 * @throws RangeError for no languages, a language with no seeds, crossed seeds of different numbers,
 *   or scores of different resamples
 */
export function overLanguages(
  scores: readonly (readonly SeedScore[])[],
  options: OverLanguagesOptions,
): Estimate {
  const { key, languages = "fixed", seeds = "nested", statistic = meanOfMeans } = options;
  checkScores(scores, seeds);
  const count = resamplesOf(scores, options.resamples);
  const named = new CounterRandom(...key, "over languages");
  const values = new Float64Array(count).map((_, r) => {
    const random = named.fork(r);
    const drawn = scores.map((_, language) =>
      languages === "sampled" ? random.integer(scores.length) : language
    );
    const shared = seeds === "crossed" ? scores[0].map(() => random.integer(scores[0].length)) : [];
    return statistic(drawn.map((language) => {
      const own = scores[language];
      return own.map((_, draw) => {
        const score = own[shared[draw] ?? random.integer(own.length)];
        return typeof score === "number" ? score : score.values[r];
      });
    }));
  });
  const asTheyAre = scores.map((seeds) =>
    seeds.map((score) => typeof score === "number" ? score : score.value)
  );
  return { value: statistic(asTheyAre), values };
}

/** The mean over languages of the means over seeds: each language counts once. */
export function meanOfMeans(scores: readonly (readonly number[])[]): number {
  return meanOf(scores.map(meanOf));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function checkScores(
  scores: readonly (readonly SeedScore[])[],
  seeds: "nested" | "crossed",
): void {
  if (scores.length === 0) throw new RangeError("Cannot average over 0 languages");
  const empty = scores.findIndex((own) => own.length === 0);
  if (empty >= 0) throw new RangeError(`Cannot average language ${empty + 1} as it has no seeds`);
  const odd = scores.findIndex((own) => own.length !== scores[0].length);
  if (seeds === "crossed" && odd >= 0) {
    throw new RangeError(
      `Cannot cross seeds with languages as each must have all: ` +
        `language 1 has ${scores[0].length}, language ${odd + 1} has ${scores[odd].length}`,
    );
  }
}

/** How many resamples there are to be. */
function resamplesOf(scores: readonly (readonly SeedScore[])[], asked?: number): number {
  const estimates = scores.flat().filter((score) => typeof score !== "number");
  if (estimates.some(({ ways }) => ways)) {
    throw new RangeError(
      "Cannot nest resamples that were enumerated: draw those of small test sets (exact: false)",
    );
  }
  const counts = [...new Set(estimates.map(({ values }) => values.length))];
  const count = asked ?? counts[0] ?? 2000;
  if (counts.some((each) => each !== count)) {
    throw new RangeError(`Cannot make ${count} resamples of scores that have ${counts.join(", ")}`);
  }
  return count;
}
