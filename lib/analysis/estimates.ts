/**
 * Scores of systems over the same resamples of each test set.
 *
 * @module
 */
import { bootstrap, type Estimate } from "../statistics/bootstrap.ts";
import type { VariancePart } from "../statistics/expanded_interval.ts";
import type { CountTable, Metric } from "../statistics/metric.ts";
import { momentsOf } from "../statistics/replicates.ts";
import type { RandomKey } from "../statistics/resamples.ts";
import { countMetric } from "./count_metrics.ts";
import { countTables, type Evaluation, testSetKey } from "./evaluations.ts";
import type { ScoreParams } from "./score_params.ts";

/** An evaluation's counts, its metric, and what that is over resamples. */
export interface Estimated {
  readonly table: CountTable;
  readonly metric: Metric;
  readonly estimate: Estimate;
}

/** How resamples are drawn. */
export interface Resampling {
  readonly resamples: number;
  /** Names the random numbers. */
  readonly draw: number;
}

/** What random numbers of a test set are named by: the same for every system, metric and stage. */
export function keyOf(evaluation: Evaluation, { draw }: Pick<Resampling, "draw">): RandomKey {
  return ["crosstie", draw, testSetKey(evaluation)];
}

/** Scores of evaluations; those of one test set are resampled together. */
export function estimate(
  evaluations: readonly Evaluation[],
  asked: ScoreParams,
  resampling: Resampling,
): Map<Evaluation, Estimated> {
  const found = new Map<Evaluation, Estimated>();
  for (const group of Map.groupBy(evaluations, testSetKey).values()) {
    const tables = countTables(group);
    const metric = countMetric(asked, group[0].counting);
    const { resamples } = resampling;
    const key = [...keyOf(group[0], resampling), "sentences"];
    const estimates = bootstrap(tables, [metric], { key, resamples, exact: false });
    group.forEach((each, i) =>
      found.set(each, { table: tables[i], metric, estimate: estimates[i][0] })
    );
  }
  return found;
}

/** Mean over several at each resample. */
export function meanEstimate(estimates: readonly Estimate[]): Estimate {
  const mean = (pick: (each: Estimate) => number): number =>
    estimates.reduce((sum, each) => sum + pick(each), 0) / estimates.length;
  return {
    value: mean(({ value }) => value),
    values: estimates[0].values.map((_, r) => mean(({ values }) => values[r])),
  };
}

/** The difference at each resample. */
export function differenceOf(a: Estimate, b: Estimate): Estimate {
  return { value: a.value - b.value, values: a.values.map((value, r) => value - b.values[r]) };
}

/** What a value varies by over sentences alone, from its resamples. */
export function sentencesPart({ values }: Estimate, sentences: number): VariancePart {
  const kept = values.filter((value) => !Number.isNaN(value));
  return { variance: momentsOf({ values: kept }).deviation ** 2, freedom: sentences - 1 };
}

/** A number for a column that has NULL where there is none. */
export function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
