/**
 * Sources ranked by features of their data, against the transfer that was measured.
 *
 * @module
 */
import { compareStrings } from "../core/canonical_json.ts";
import { bootstrapInterval } from "../statistics/bootstrap.ts";
import { countTable, ratio } from "../statistics/metric.ts";
import { langRankRelevance, ndcg } from "../statistics/ndcg.ts";
import { kendall, spearman, spearmanInterval } from "../statistics/rank_correlation.ts";
import { meanRanks } from "../statistics/ranks.ts";
import type { SourceRankingRow } from "../table/schemas/source_ranking.ts";

/** The features that rank sources, and which values of them are expected to be better. */
export const rankingFeatures = {
  sourceSize: "greater",
  sizeRatio: "greater",
  ttrDistance: "smaller",
  sharedWords: "greater",
  wordOverlap: "greater",
  subwordOverlap: "greater",
  entityOverlap: "greater",
  scriptOverlap: "greater",
  genealogy: "smaller",
} as const;

/** Metrics of which less is better. */
const costs = new Set(["loss", "perplexity", "lost"]);

/** A source of a target, with its score and what its data say. */
export interface RankedSource {
  readonly source: string;
  /** In the unit of the metric. */
  readonly score: number;
  /** Feature → value; none where it is not known. */
  readonly features: ReadonlyMap<string, number>;
}

/** The sources of one target, by one score of one model. */
export interface TargetSources extends Pick<SourceRankingRow, "model" | "metric" | "of"> {
  readonly target: string;
  readonly sources: readonly RankedSource[];
}

/** How the ranking is made. */
export interface RankingOptions {
  /** The features of which `meanRank` is the mean. */
  readonly combine: readonly string[];
  readonly resamples: number;
  readonly confidence: number;
  readonly draw: number;
}

/**
 * A row for every feature that is known of any source of the target, `meanRank` and `chance`. A source
 * of which the feature is not known has no place in the correlations, and the last one for NDCG.
 */
export function targetRanking(
  { sources: unordered, model, metric, of, target }: TargetSources,
  { combine, confidence }: RankingOptions,
): SourceRankingRow[] {
  const sources = unordered.toSorted((a, b) => compareStrings(a.source, b.source));
  const sign = costs.has(metric) ? -1 : 1;
  const goodness = sources.map(({ score }) => sign * settled(score));
  const relevance = langRankRelevance(goodness);
  const most = Math.max(...goodness);
  const best = sources.filter((_, i) => goodness[i] === most).map(({ source }) => source);
  const row = (feature: string, order: readonly (number | undefined)[]): SourceRankingRow[] => {
    const known = [...order.keys()].filter((i) => order[i] !== undefined);
    if (known.length === 0) return [];
    const ranks = known.map((i) => order[i]!), scores = known.map((i) => goodness[i]);
    const rho = spearman(ranks, scores).value;
    const { low, high } = spearmanInterval(rho, known.length, confidence);
    const first = Math.max(...ranks);
    const picked = known.filter((i) => order[i] === first);
    const pickedGoodness = picked.reduce((sum, i) => sum + goodness[i], 0) / picked.length;
    return [{
      ...{ model, metric, of, target, feature, targets: 1, sources: known.length },
      spearman: defined(rho),
      low: defined(low),
      high: defined(high),
      kendall: defined(kendall(ranks, scores).value),
      ndcg3: ndcg(relevance, order.map((value) => value ?? -Infinity), 3),
      picked: picked.map((i) => sources[i].source),
      pickedScore: sign * pickedGoodness,
      best,
      bestScore: sign * most,
      cost: Math.max(0, most - pickedGoodness),
    }];
  };
  const orders = new Map(
    Object.entries(rankingFeatures).map(([feature, better]) => [
      feature,
      sources.map(({ features }) => {
        const value = features.get(feature);
        if (value === undefined) return undefined;
        return better === "greater" ? settled(value) : -settled(value);
      }),
    ]),
  );
  return [
    ...[...orders].flatMap(([feature, order]) => row(feature, order)),
    ...row("meanRank", meanOfRanks(combine.map((feature) => orders.get(feature)!))),
    ...row("chance", sources.map(() => 0)),
  ];
}

/**
 * The mean, over orders, of a source's rank among those of which each order knows, as a share of their
 * number: greater for the earlier ones, as the orders are. Undefined for a source that none knows.
 */
function meanOfRanks(orders: readonly (readonly (number | undefined)[])[]): (number | undefined)[] {
  const sums = (orders[0] ?? []).map(() => ({ sum: 0, count: 0 }));
  for (const order of orders) {
    const known = [...order.keys()].filter((i) => order[i] !== undefined);
    meanRanks(known.map((i) => order[i]!)).forEach((rank, at) => {
      sums[known[at]].sum += rank / known.length;
      sums[known[at]].count++;
    });
  }
  return sums.map(({ sum, count }) => count === 0 ? undefined : settled(sum / count));
}

/**
 * The means over targets of one model and score, a row for every feature: those of the correlations
 * over the targets that have one. Where all have the same, there is no interval: it would have no width.
 */
export function meanRanking(
  rows: readonly SourceRankingRow[],
  { resamples, confidence, draw }: RankingOptions,
): SourceRankingRow[] {
  return [...Map.groupBy(rows, ({ feature }) => feature)].map(([feature, unordered]) => {
    const own = unordered.toSorted((a, b) => compareStrings(a.target!, b.target!));
    const [{ model, metric, of }] = own;
    const mean = (column: "ndcg3" | "pickedScore" | "bestScore" | "cost"): number =>
      own.reduce((sum, row) => sum + row[column], 0) / own.length;
    const rhos = own.flatMap(({ spearman }) => spearman === null ? [] : [[spearman, 1]]);
    const taus = own.flatMap(({ kendall }) => kendall === null ? [] : [kendall]);
    const interval = rhos.length < 2 ? undefined : bootstrapInterval(countTable(rhos), ratio, {
      key: ["source ranking", draw],
      resamples,
      confidence,
    });
    const told = interval !== undefined && interval.low < interval.high;
    return {
      ...{ model, metric, of, target: null, feature, targets: own.length },
      sources: Math.min(...own.map(({ sources }) => sources)),
      spearman: meanOf(rhos.map(([rho]) => rho)),
      low: told ? interval.low : null,
      high: told ? interval.high : null,
      kendall: meanOf(taus),
      ndcg3: mean("ndcg3"),
      picked: [],
      pickedScore: mean("pickedScore"),
      best: [],
      bestScore: mean("bestScore"),
      cost: mean("cost"),
    };
  });
}

/** A value without what only rounding tells apart, which would otherwise be an order. */
function settled(value: number): number {
  return Number(value.toPrecision(12));
}

function meanOf(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function defined(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
