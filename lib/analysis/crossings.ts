/**
 * Learning curves against a level: how many training sentences it takes to be as good.
 *
 * @module
 */
import { canonicalJson } from "../core/canonical_json.ts";
import { UserError } from "../core/errors.ts";
import { type Estimate, nestedOverSeeds } from "../statistics/bootstrap.ts";
import { crossingOf } from "../statistics/crossing.ts";
import { percentileInterval } from "../statistics/interval.ts";
import { shareOf } from "../statistics/replicates.ts";
import type { CrossingRow } from "../table/schemas/crossings.ts";
import { estimate, keyOf, type Resampling } from "./estimates.ts";
import { checkTestSets, type Evaluation, testSetKey } from "./evaluations.ts";
import type { ScoreParams } from "./score_params.ts";
import { type SystemOnTarget, systemsOnTargets, withoutAxes } from "./systems.ts";

/** How crossings are asked for. */
export interface CrossingOptions extends ScoreParams, Resampling {
  readonly confidence: number;
  /** The axis of the curve's evaluations that says how many sentences a model was trained on. */
  readonly sizeAxis: string;
}

/** A point of a curve. */
interface Point {
  readonly size: number;
  readonly system: SystemOnTarget;
}

/**
 * Rows of the table `crossings`. Each resample draws the same sentences and the same seeds for all
 * sizes and for the level.
 *
 * NOTE: intervals are percentile, and few seeds resampled vary less than new ones would.
 *
 * @param curve evaluations of models by how many sentences they were trained on
 * @param level evaluations of what they are to reach: one system on each test set of the curve
 * @throws {UserError} where a size is no number, a curve has one size, a test set has no level or
 * several, or scores are undefined
 */
export function crossingRows(
  curve: readonly Evaluation[],
  level: readonly Evaluation[],
  options: CrossingOptions,
): CrossingRow[] {
  const all = [...curve, ...level];
  checkTestSets(all);
  const estimates = estimate(all, options, options);
  const over = ({ seeds }: SystemOnTarget): Estimate =>
    nestedOverSeeds(
      seeds.map((seed) => estimates.get(seed)!.estimate),
      [...keyOf(seeds[0], options), "seeds"],
    );
  const levels = Map.groupBy(systemsOnTargets(level), testSetKey);
  return curvesOf(systemsOnTargets(curve), options.sizeAxis).map((points) => {
    const { model, axes, corpus, language, split, seeds: [{ instance }] } = points[0].system;
    const ownLevel = onlyLevel(levels.get(testSetKey(points[0].system)) ?? [], instance, language);
    const [reached, ...values] = [ownLevel, ...points.map(({ system }) => system)].map(over);
    const sizes = points.map(({ size }) => size);
    const crossing = crossingOf(sizes, values.map(({ value }) => value), reached.value);
    if (Number.isNaN(crossing)) throw undefinedScore(instance, language, options);
    const replicates = {
      values: reached.values.map((at, r) =>
        crossingOf(sizes, values.map(({ values }) => values[r]), at)
      ),
      ways: reached.ways,
    };
    const { low, high } = percentileInterval(crossing, replicates, options.confidence);
    return {
      model,
      axes: canonicalJson(withoutAxes(axes, new Set([options.sizeAxis]))),
      levelModel: ownLevel.model,
      levelAxes: canonicalJson(ownLevel.axes),
      corpus,
      language,
      split,
      metric: options.metric,
      of: options.of,
      sizes: sizes.length,
      smallest: sizes[0],
      largest: sizes.at(-1)!,
      seeds: Math.min(
        ...[ownLevel, ...points.map(({ system }) => system)].map(({ seeds }) => seeds.length),
      ),
      level: reached.value,
      atSmallest: values[0].value,
      atLargest: values.at(-1)!.value,
      crossing,
      low,
      high,
      within: shareOf(replicates, (at) => at > 0 && at < Infinity),
      confidence: options.confidence,
      resamples: options.resamples,
    };
  });
}

/** Systems that differ in their size alone, by size. */
function curvesOf(systems: readonly SystemOnTarget[], sizeAxis: string): Point[][] {
  const groups = Map.groupBy(
    systems,
    ({ model, axes, corpus, language, split }) =>
      canonicalJson([model, withoutAxes(axes, new Set([sizeAxis])), corpus, language, split]),
  );
  return [...groups.values()].map((group) => {
    const points = group.map((system) => ({ size: sizeOf(system, sizeAxis), system }));
    if (points.length < 2) {
      const { language, seeds: [{ instance }] } = points[0].system;
      throw new UserError({
        message: `Cannot draw a curve of ${instance} on ${language}: ${sizeAxis} has one value`,
        hint: "take evaluations of two sizes or more",
      });
    }
    return points.sort((a, b) => a.size - b.size);
  });
}

function sizeOf({ axes, seeds: [{ instance }] }: SystemOnTarget, sizeAxis: string): number {
  if (!Object.hasOwn(axes, sizeAxis)) {
    throw new UserError({
      message: `Cannot tell how much ${instance} was trained on: it has no axis "${sizeAxis}"`,
      hint: "name the axis in sizeAxis",
    });
  }
  const size = Number(axes[sizeAxis]);
  if (!(size > 0 && size < Infinity)) {
    throw new UserError({
      message: `Cannot tell how much ${instance} was trained on: ${sizeAxis} is ${axes[sizeAxis]}`,
      hint: "sizes are numbers above 0",
    });
  }
  return size;
}

function onlyLevel(
  levels: readonly SystemOnTarget[],
  instance: string,
  language: string,
): SystemOnTarget {
  if (levels.length === 1) return levels[0];
  const names = levels.map(({ seeds: [{ instance }] }) => instance).join(" and ");
  throw new UserError({
    message: levels.length === 0
      ? `Cannot hold ${instance} against a level on ${language}: none is on its test set`
      : `Cannot tell the level of ${instance} on ${language}: it may be that of ${names}`,
    hint: "take evaluations of one system on every test set of the curve, with where",
  });
}

function undefinedScore(instance: string, language: string, { metric, of }: ScoreParams) {
  return new UserError({
    message: `Cannot find where ${instance} reaches its level on ${language}: ${metric} of ${of} ` +
      "is undefined at one of its sizes",
    hint: "take a test set in which there is something to be found",
  });
}
