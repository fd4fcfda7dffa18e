/**
 * What is found out about two systems on one target, and on several.
 *
 * @module
 */
import { nestedOverSeeds } from "../statistics/bootstrap.ts";
import {
  seedParts,
  testDifference,
  type VaryingDifference,
  varyingDifference,
} from "../statistics/comparison.ts";
import { probabilityOfSuperiority } from "../statistics/effect_size.ts";
import { expandedInterval, type VariancePart } from "../statistics/expanded_interval.ts";
import { overLanguages } from "../statistics/hierarchical.ts";
import { type Interval, percentileInterval } from "../statistics/interval.ts";
import { probabilityOfImprovement } from "../statistics/iqm.ts";
import type { CountTable, Metric } from "../statistics/metric.ts";
import { randomize, type RandomizedPair, randomizeMean } from "../statistics/randomization.ts";
import { countMetric } from "./count_metrics.ts";
import { differenceOf, type Estimated, keyOf, meanEstimate, sentencesPart } from "./estimates.ts";
import { countTables, type Evaluation } from "./evaluations.ts";
import type { Pair } from "./pairs_of_systems.ts";
import type { ComparisonOptions } from "./score_params.ts";
import { isDeterministic, seedsOf, type SystemOnTarget } from "./systems.ts";

/** Scores in percent; p-values are NaN where they are unknown. */
export interface Compared {
  /** Means over seeds. */
  readonly a: number;
  readonly b: number;
  /** One of each seed; none where seeds are nested in several targets. */
  readonly scoresA: readonly number[];
  readonly scoresB: readonly number[];
  readonly interval: Interval;
  readonly p: number;
  readonly pSeeds: number;
  readonly superiority: number;
}

type Estimates = ReadonlyMap<Evaluation, Estimated>;

/** The two systems of a pair on its test set. */
export function compareOnTarget(
  { a, b }: Pair,
  estimates: Estimates,
  options: ComparisonOptions,
): Compared {
  const [first] = a.seeds;
  const key = keyOf(first, options);
  const [ofA, ofB] = [a, b].map(({ seeds }) => seeds.map((seed) => estimates.get(seed)!.estimate));
  // Seeds of two systems are no pairs: each draws its own.
  const [nestedA, nestedB] = [
    nestedOverSeeds(ofA, [...key, "seeds of a"]),
    nestedOverSeeds(ofB, [...key, "seeds of b"]),
  ];
  const [scoresA, scoresB] = [ofA, ofB].map((own) => own.map(({ value }) => value));
  const tables = tablesOf({ a, b });
  const metric = countMetric(options, first.counting);
  const seeds = [...seedParts(scoresA), ...seedParts(scoresB)];
  const bySentences = sentencesPart(
    differenceOf(meanEstimate(ofA), meanEstimate(ofB)),
    first.sentences.length,
  );
  const joint = jointTables(tables, metric);
  const { p } = randomize(joint.a, joint.b, joint.metric, {
    key: [...key, "swaps"],
    swaps: options.swaps,
  });
  const knowsSeeds = seeds.length > 0 && [a, b].every(hasKnownSeeds);
  return {
    a: nestedA.value,
    b: nestedB.value,
    scoresA,
    scoresB,
    interval: intervalOf(differenceOf(nestedA, nestedB), bySentences, seeds, options),
    p,
    pSeeds: knowsSeeds
      ? testDifference([varyingDifference(tables.a, tables.b, metric)], seeds).p
      : NaN,
    superiority: probabilityOfSuperiority(scoresA, scoresB),
  };
}

/** The same two systems on several test sets: the mean of their differences. */
export function compareOverTargets(
  pairs: readonly Pair[],
  estimates: Estimates,
  options: ComparisonOptions,
): Compared {
  const [sideA, sideB] = [pairs.map(({ a }) => a), pairs.map(({ b }) => b)];
  const key = ["crosstie", options.draw, "targets"];
  const [ofA, ofB] = [sideA, sideB].map((side, place) => {
    const scores = side.map(({ seeds }) => seeds.map((seed) => estimates.get(seed)!.estimate));
    const seedsAre = seedsOf(side, options.seeds);
    const over = overLanguages(scores, { key: [...key, place], seeds: seedsAre });
    const values = scores.map((own) => own.map(({ value }) => value));
    const bySeed = seedsAre === "crossed"
      ? values[0].map((_, s) => meanOf(values.map((own) => own[s])))
      : [];
    const parts = seedsAre === "crossed" ? seedParts(bySeed) : nestedParts(values);
    return { over, bySeed, values, parts, mean: meanEstimate(scores.map(meanEstimate)) };
  });
  const seeds = [...ofA.parts, ...ofB.parts];
  const randomized = pairs.map((pair): RandomizedPair & { found: () => VaryingDifference } => {
    const tables = tablesOf(pair);
    const metric = countMetric(options, pair.a.seeds[0].counting);
    return {
      ...jointTables(tables, metric),
      found: () => varyingDifference(tables.a, tables.b, metric),
    };
  });
  const { p } = randomizeMean(randomized, { key: [...key, "swaps"], swaps: options.swaps });
  const sentences = pairs.reduce((sum, { a }) => sum + a.seeds[0].sentences.length - 1, 1);
  const knowsSeeds = seeds.length > 0 && [...sideA, ...sideB].every(hasKnownSeeds);
  return {
    a: ofA.over.value,
    b: ofB.over.value,
    scoresA: ofA.bySeed,
    scoresB: ofB.bySeed,
    interval: intervalOf(
      differenceOf(ofA.over, ofB.over),
      sentencesPart(differenceOf(ofA.mean, ofB.mean), sentences),
      seeds,
      options,
    ),
    p,
    pSeeds: knowsSeeds ? testDifference(randomized.map(({ found }) => found()), seeds).p : NaN,
    superiority: probabilityOfImprovement(ofA.values, ofB.values),
  };
}

/** Whether it is known how seeds vary: two have run, or the system has none. */
function hasKnownSeeds(system: SystemOnTarget): boolean {
  return system.seeds.length > 1 || isDeterministic(system);
}

/** Of a mean of targets whose seeds are by themselves. */
function nestedParts(values: readonly (readonly number[])[]): VariancePart[] {
  return values.flatMap(seedParts).map(({ variance, freedom }) => ({
    variance: variance / values.length ** 2,
    freedom,
  }));
}

function intervalOf(
  difference: { value: number; values: Float64Array },
  bySentences: VariancePart,
  seeds: readonly VariancePart[],
  { confidence }: ComparisonOptions,
): Interval {
  const { value } = difference;
  return seeds.length === 0
    ? percentileInterval(value, difference, confidence)
    : expandedInterval(value, difference, [bySentences, ...seeds], confidence);
}

interface Tables {
  readonly a: readonly CountTable[];
  readonly b: readonly CountTable[];
}

/** Counts of both sides, with the same columns. */
function tablesOf({ a, b }: Pair): Tables {
  const tables = countTables([...a.seeds, ...b.seeds]);
  return { a: tables.slice(0, a.seeds.length), b: tables.slice(a.seeds.length) };
}

/**
 * All seeds of each side as one system, so that a sentence is swapped with all of them: seeds side by
 * side, and the mean of their metrics. Sides of different numbers of seeds have their counts averaged
 * over seeds instead, and the metric of those.
 */
function jointTables({ a, b }: Tables, metric: Metric): RandomizedPair {
  if (a.length !== b.length) return { a: averaged(a), b: averaged(b), metric };
  if (a.length === 1) return { a: a[0], b: b[0], metric };
  const { width } = a[0];
  return {
    a: sideBySide(a),
    b: sideBySide(b),
    metric: (sums) => {
      let total = 0;
      for (let at = 0; at < sums.length; at += width) {
        total += metric(sums.subarray(at, at + width));
      }
      return total * width / sums.length;
    },
  };
}

function sideBySide(tables: readonly CountTable[]): CountTable {
  const { width, values } = tables[0];
  const joint = new Float64Array(values.length * tables.length);
  for (let at = 0, to = 0; at < values.length; at += width) {
    for (const table of tables) {
      joint.set(table.values.subarray(at, at + width), to);
      to += width;
    }
  }
  return { width: width * tables.length, values: joint };
}

function averaged(tables: readonly CountTable[]): CountTable {
  const { width, values } = tables[0];
  return {
    width,
    values: values.map((_, at) => meanOf(tables.map((table) => table.values[at]))),
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
