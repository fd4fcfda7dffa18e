/**
 * Intervals of scores: of every system on every target, and over its targets.
 *
 * @module
 */
import { canonicalJson } from "../core/canonical_json.ts";
import { type Estimate, nestedOverSeeds } from "../statistics/bootstrap.ts";
import { seedParts } from "../statistics/comparison.ts";
import { sampleMoments } from "../statistics/effect_size.ts";
import { expandedInterval } from "../statistics/expanded_interval.ts";
import { meanOfMeans, overLanguages } from "../statistics/hierarchical.ts";
import { bcaInterval, type Interval, percentileInterval } from "../statistics/interval.ts";
import { interquartileMean } from "../statistics/iqm.ts";
import { jackknife } from "../statistics/jackknife.ts";
import type { IntervalRow } from "../table/schemas/intervals.ts";
import {
  estimate,
  type Estimated,
  keyOf,
  meanEstimate,
  orNull,
  type Resampling,
  sentencesPart,
} from "./estimates.ts";
import type { Evaluation } from "./evaluations.ts";
import type { ScoreParams } from "./score_params.ts";
import {
  commonCorpus,
  hasSupport,
  type SeedsAre,
  seedsOf,
  type SystemOnTarget,
  type SystemOverTargets,
  systemsOnTargets,
  systemsOverTargets,
} from "./systems.ts";

/** How intervals are asked for. */
export interface IntervalOptions extends ScoreParams, Resampling {
  readonly confidence: number;
  readonly method: "percentile" | "bca";
  readonly seeds: SeedsAre | "auto";
}

type Estimates = ReadonlyMap<Evaluation, Estimated>;

/**
 * Rows of the table `intervals`, and lines that say which targets were left out of means.
 *
 * A target in which nothing is to be found is left out of every system's mean. Any other score that
 * is undefined makes its mean undefined.
 *
 * @throws {UserError} where evaluations cannot be told apart, or their seeds cannot be crossed
 */
export function intervalRows(
  evaluations: readonly Evaluation[],
  options: IntervalOptions,
): { rows: IntervalRow[]; lines: string[] } {
  const systems = systemsOnTargets(evaluations);
  const estimates = estimate(evaluations, options, options);
  const empty = systems.filter((system) => !hasSupport(system));
  const lines = [...new Set(empty.map(({ language }) => language))].map((language) =>
    `${language}: nothing is to be found in its test set; no mean has it`
  );
  const asked = systemsOverTargets(systems.filter(hasSupport));
  const rows = [
    ...systems.map((system) => rowOfTarget(system, estimates, options)),
    ...asked.flatMap((system) => rowsOverTargets(system, estimates, options)),
  ];
  return { rows, lines };
}

function rowOfTarget(
  system: SystemOnTarget,
  estimates: Estimates,
  options: IntervalOptions,
): IntervalRow {
  const { model, axes, corpus, language, split, seeds } = system;
  const own = seeds.map((seed) => estimates.get(seed)!);
  const sentences = seeds[0].sentences.length;
  const scores = own.map((each) => each.estimate);
  const key = [...keyOf(seeds[0], options), "seeds"];
  const nested = nestedOverSeeds(scores, key);
  const interval = options.method === "bca"
    ? bcaInterval(
      nested.value,
      nested,
      jackknife(own.map(({ table }) => table), own[0].metric, meanOf),
      options.confidence,
    )
    : intervalOver(nested, scores, sentences, options);
  return {
    model,
    axes: canonicalJson(axes),
    corpus,
    language,
    split,
    over: "sentences",
    metric: options.metric,
    of: options.of,
    targets: 1,
    seeds: seeds.length,
    seedsAre: null,
    sentences,
    value: orNull(nested.value),
    std: deviationOf(scores.map(({ value }) => value)),
    ...columnsOf(interval, options),
  };
}

/** One seed: percentile; several: expanded, as few seeds say little of others. */
function intervalOver(
  nested: Estimate,
  seeds: readonly Estimate[],
  sentences: number,
  { confidence }: IntervalOptions,
): Interval {
  const parts = seedParts(seeds.map(({ value }) => value));
  return parts.length === 0
    ? percentileInterval(nested.value, nested, confidence)
    : expandedInterval(
      nested.value,
      nested,
      [sentencesPart(meanEstimate(seeds), sentences), ...parts],
      confidence,
    );
}

function rowsOverTargets(
  { model, axes, split, targets }: SystemOverTargets,
  estimates: Estimates,
  options: IntervalOptions,
): IntervalRow[] {
  const seedsAre = seedsOf(targets, options.seeds);
  const scores = targets.map(({ seeds }) => seeds.map((seed) => estimates.get(seed)!.estimate));
  const sentences = targets.reduce((sum, { seeds }) => sum + seeds[0].sentences.length, 0);
  const shared = {
    model,
    axes: canonicalJson(axes),
    corpus: commonCorpus(targets),
    language: null,
    split,
    metric: options.metric,
    of: options.of,
    targets: targets.length,
    seeds: Math.min(...scores.map((own) => own.length)),
    seedsAre: scores.some((own) => own.length > 1) ? seedsAre : null,
    sentences,
  };
  const key = ["crosstie", options.draw, "targets"];
  const bySeed = seedsAre === "crossed"
    ? scores[0].map((_, s) => meanEstimate(scores.map((own) => own[s])))
    : [];
  const rowOf = (
    over: "mean" | "iqm",
    statistic: (scores: readonly (readonly number[])[]) => number,
  ): IntervalRow => {
    const found = overLanguages(scores, { key, seeds: seedsAre, statistic });
    const values = bySeed.map(({ value }) => value);
    const seeds = over === "iqm"
      ? []
      : seedsAre === "crossed"
      ? seedParts(values)
      : scores.flatMap((own) =>
        seedParts(own.map(({ value }) => value)).map(({ variance, freedom }) => ({
          variance: variance / scores.length ** 2,
          freedom,
        }))
      );
    const all = meanEstimate(scores.map(meanEstimate));
    const interval = seeds.length === 0
      ? percentileInterval(found.value, found, options.confidence)
      : expandedInterval(
        found.value,
        found,
        [sentencesPart(all, sentences - targets.length + 1), ...seeds],
        options.confidence,
      );
    return {
      ...shared,
      over,
      value: orNull(found.value),
      std: over === "mean" ? deviationOf(values) : null,
      ...columnsOf(interval, options),
    };
  };
  return [rowOf("mean", meanOfMeans), rowOf("iqm", interquartileMean)];
}

function columnsOf(
  { low, high, confidence, method }: Interval,
  { resamples }: IntervalOptions,
): Pick<IntervalRow, "low" | "high" | "confidence" | "method" | "resamples"> {
  return { low: orNull(low), high: orNull(high), confidence, method, resamples };
}

function deviationOf(values: readonly number[]): number | null {
  return values.length > 1 ? orNull(Math.sqrt(sampleMoments(values).variance)) : null;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
