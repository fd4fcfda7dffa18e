/**
 * The bootstrap over sentences: how sure metrics of one test set are.
 *
 * @module
 */
import { bitsAt, hashKey } from "../core/random.ts";
import { bcaInterval, type Interval, percentileInterval } from "./interval.ts";
import { jackknife } from "./jackknife.ts";
import { type CountTable, type Metric, pairedSentences, sumsOf } from "./metric.ts";
import type { Replicates } from "./replicates.ts";
import { resampledSums } from "./resampled_sums.ts";
import { drawResamples, type RandomKey, type ResampleOptions } from "./resamples.ts";

/** A metric of a system, and what it was over the resamples. */
export interface Estimate extends Replicates {
  readonly value: number;
}

/**
 * Metrics of systems over the same resamples of their test set (Efron 1979; Koehn 2004). Resample r
 * takes the same sentences for all systems and metrics, so differences of values at r are paired.
 *
 * @param tables counts of each system
 * @returns `[system][metric]`
 * @throws RangeError for systems of different test sets, or none
 *
 * @example
 * ```ts
 * const [[estimate]] = bootstrap([counts], [f1], { key: ["bootstrap", 42] });
 * percentileInterval(estimate.value, estimate);
 * ```
 */
export function bootstrap(
  tables: readonly CountTable[],
  metrics: readonly Metric[],
  options: ResampleOptions,
): Estimate[][] {
  const resamples = drawResamples(pairedSentences(tables), options);
  const sums = resampledSums(tables, resamples);
  return tables.map((table, t) => {
    const { width } = table;
    return metrics.map((metric) => {
      const own = new Float64Array(width);
      const values = new Float64Array(resamples.count).map((_, r) => {
        for (let s = 0; s < width; s++) own[s] = sums[t][r * width + s];
        return metric(own);
      });
      return { value: metric(sumsOf(table)), values, ways: resamples.ways };
    });
  });
}

/**
 * The interval of one system's metric.
 *
 * NOTE: resamples of very few sentences vary too little. In simulations of F1 with 1.5 entities a
 * sentence, 95 % intervals hold the truth in 82 % of test sets of 5 sentences, 90 % of 10 and 93 to 95 %
 * from 20 sentences (30 entities) on; BCa in 83, 91 and 94 to 95 %.
 */
export function bootstrapInterval(
  table: CountTable,
  metric: Metric,
  options: ResampleOptions & { confidence?: number; method?: "percentile" | "bca" },
): Interval & { value: number } {
  const [[estimate]] = bootstrap([table], [metric], options);
  const { value } = estimate;
  return {
    value,
    ...options.method === "bca"
      ? bcaInterval(value, estimate, jackknife([table], metric), options.confidence)
      : percentileInterval(value, estimate, options.confidence),
  };
}

/**
 * The mean of a metric over seeds, resampled twice (nested): resample r draws as many seeds as there
 * are, with replacement, and takes of each what sentences r gave. Its interval holds what both other
 * seeds and other sentences would change.
 *
 * With one seed it is that seed's own: nothing is known of other seeds. S seeds resampled vary
 * (S − 1)/S of what the seeds of a new run would, so with 3 seeds that part is a third too small.
 *
 * @param seeds the same metric of each seed, over the same resamples
 * @throws RangeError for no seeds, or for seeds of different resamples
 */
export function nestedOverSeeds(seeds: readonly Estimate[], key: RandomKey): Estimate {
  const count = seeds[0]?.values.length ?? 0;
  if (count === 0 || seeds.some(({ values }) => values.length !== count)) {
    throw new RangeError(
      `Cannot nest resamples over seeds as each must have the same: ` +
        `got ${seeds.map(({ values }) => values.length).join(", ") || "no seeds"}`,
    );
  }
  const value = seeds.reduce((sum, seed) => sum + seed.value, 0) / seeds.length;
  const values = new Float64Array(count).map((_, r) => {
    const own = hashKey(...key, "seeds", r);
    let sum = 0;
    for (let draw = 0; draw < seeds.length; draw++) {
      sum += seeds[Math.floor(bitsAt(own, draw) / 4294967296 * seeds.length)].values[r];
    }
    return sum / seeds.length;
  });
  return { value, values, ways: seeds[0].ways };
}
