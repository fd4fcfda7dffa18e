/**
 * How many seeds and sentences would decide a comparison, from what has run.
 *
 * @module
 */
import { CounterRandom } from "../core/random.ts";
import { compareSystems } from "./comparison.ts";
import { type CountTable, type Metric, pairedSentences } from "./metric.ts";
import type { RandomKey } from "./resamples.ts";

/** Which plans are tried. */
export interface PowerOptions {
  readonly key: RandomKey;
  /** Sizes of test sets. */
  readonly sentences: readonly number[];
  /** Seeds of each system. */
  readonly seeds: readonly number[];
  /** 0.05 where not given. */
  readonly alpha?: number;
  /** 400 where not given: power within some 0.05. */
  readonly simulations?: number;
  /** Whether A, and whether B, has no seeds to vary, as a floor has not. Both have where not given. */
  readonly isFixed?: readonly [boolean, boolean];
}

/** How often a plan decides. */
export interface PlannedPower {
  readonly sentences: number;
  readonly seeds: number;
  /** The share of simulations that find the difference that has been seen, at α. */
  readonly power: number;
  /** The share that find its opposite. */
  readonly reversed: number;
  /** Monte-Carlo standard error of `power`. */
  readonly error: number;
}

/**
 * Simulates planned comparisons: each draws seeds of each system and sentences of the test set that
 * has run, with replacement, and asks {@link compareSystems}. It takes what has been seen for true, so
 * that a difference which itself is chance looks decidable; few seeds that have run vary less than
 * new ones, and power is then a little high.
 *
 * Where no difference has been seen, power is the share that finds either direction, about α.
 *
 * @param a counts of each seed of A that has run
 * @returns a row for each number of sentences and seeds
 * @throws RangeError for several seeds of a system of which one has run: nothing says how they vary
 */
export function power(
  a: readonly CountTable[],
  b: readonly CountTable[],
  metric: Metric,
  options: PowerOptions,
): PlannedPower[] {
  const { key, alpha = 0.05, simulations = 400 } = options;
  const known = pairedSentences([...a, ...b]);
  const { difference: seen } = compareSystems(a, b, metric);
  const { isFixed = [false, false] } = options;
  const alone = [a, b].some(({ length }, side) => length < 2 && !isFixed[side]);
  const many = options.seeds.find((seeds) => seeds > 1);
  if (alone && many !== undefined) {
    throw new RangeError(`Cannot plan ${many} seeds of a system that has run with one: run two`);
  }
  const plans = options.sentences.flatMap((sentences) =>
    options.seeds.map((seeds) => ({ sentences, seeds }))
  );
  return plans.map(({ sentences, seeds }) => {
    const named = new CounterRandom(...key, "power", sentences, seeds);
    let found = 0, reversed = 0;
    for (let simulation = 0; simulation < simulations; simulation++) {
      const random = named.fork(simulation);
      const rows = Array.from({ length: sentences }, () => random.integer(known));
      const draw = (tables: readonly CountTable[]): CountTable[] =>
        Array.from({ length: seeds }, () => rowsOf(random.pick(tables), rows));
      const { difference, p } = compareSystems(draw(a), draw(b), metric);
      if (!(p <= alpha)) continue;
      if (seen === 0 || difference * seen > 0) found++;
      else reversed++;
    }
    const share = found / simulations;
    return {
      sentences,
      seeds,
      power: share,
      reversed: reversed / simulations,
      error: Math.sqrt(share * (1 - share) / simulations),
    };
  });
}

function rowsOf({ width, values }: CountTable, rows: readonly number[]): CountTable {
  const taken = new Float64Array(rows.length * width);
  rows.forEach((row, i) => taken.set(values.subarray(row * width, (row + 1) * width), i * width));
  return { width, values: taken };
}
