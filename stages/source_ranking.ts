/**
 * Features of sources, and the transfer from them → which source one would have picked.
 *
 * @module
 */
import { z } from "zod";
import { intervalParams } from "../lib/analysis/score_params.ts";
import {
  meanRanking,
  rankingFeatures,
  targetRanking,
  type TargetSources,
} from "../lib/analysis/source_ranking.ts";
import { compareStrings } from "../lib/core/canonical_json.ts";
import { UserError } from "../lib/core/errors.ts";
import { defineStage, table } from "../lib/plan/stage.ts";
import { readTable, writeTable } from "../lib/table/parquet_tables.ts";
import {
  type SourceFeatureRow,
  sourceFeaturesTable,
} from "../lib/table/schemas/source_features.ts";
import { sourceRankingTable } from "../lib/table/schemas/source_ranking.ts";
import { type TransferRow, transferTable } from "../lib/table/schemas/transfer.ts";

type Feature = keyof typeof rankingFeatures;

const featureNames = Object.keys(rankingFeatures) as [Feature, ...Feature[]];

const params = z.strictObject({
  combine: z.array(z.enum(featureNames)).min(1).default([
    "sourceSize",
    "wordOverlap",
    "subwordOverlap",
    "entityOverlap",
    "scriptOverlap",
    "genealogy",
  ]).describe("the features of which meanRank is the mean, each once"),
  ...intervalParams,
}).refine(({ combine }) => new Set(combine).size === combine.length, {
  path: ["combine"],
  error: "expected each feature once",
});

/** Nothing is learnt: every ranking is known before a model is trained. */
export const ranking = defineStage({
  kind: "source.ranking",
  about: "says which source each feature would have picked, what that cost, and how sure that is",
  params,
  inputs: {
    features: {
      about: "features of sources and targets",
      takes: "many",
      files: ["source_features.parquet"],
    },
    transfer: {
      about: "transfer from these sources to these targets",
      takes: "many",
      files: ["transfer.parquet"],
    },
  },
  outputs: { "source_ranking.parquet": table(sourceRankingTable) },
  async run({ params, inputs, output, log }) {
    const features = await readTable(
      sourceFeaturesTable,
      inputs.features.map(({ files }) => files["source_features.parquet"]),
    );
    const transfer = await readTable(
      transferTable,
      inputs.transfer.map(({ files }) => files["transfer.parquet"]),
    );
    const { targets, unknown } = sourcesOfTargets(featuresByPair(features), transfer);
    if (unknown.length > 0) {
      log(`without features, and left out: ${unknown.join(", ")}`);
    }
    const enough = targets.filter(({ sources }) => sources.length > 1);
    if (enough.length === 0) {
      throw new UserError({
        message: "Cannot rank sources: no target has two of them with features and a score",
        hint: "sources and targets must be named alike in source.features and transfer",
      });
    }
    for (const { model, target } of targets.filter(({ sources }) => sources.length < 2)) {
      log(`${model} on ${target}: left out, as fewer than two sources can be ranked`);
    }
    const groups = Map.groupBy(
      enough,
      ({ model, metric, of }) => JSON.stringify([model, metric, of]),
    );
    const rows = [...groups.values()].flatMap((group) => {
      const own = group.flatMap((target) => targetRanking(target, params));
      return [...own, ...meanRanking(own, params)];
    });
    await writeTable(sourceRankingTable, output("source_ranking.parquet"), rows);
    for (const { model, targets, feature, spearman, ndcg3, cost } of rows) {
      if (feature !== "meanRank" || targets < 2) continue;
      log(
        `${model}, ${targets} targets: meanRank has Spearman ${spearman?.toFixed(3) ?? "none"}, ` +
          `NDCG@3 ${ndcg3.toFixed(3)}, and costs ${cost.toFixed(2)}`,
      );
    }
  },
});

type Pairs = ReadonlyMap<string, ReadonlyMap<string, number>>;

function pairKey({ source, target }: { source: string; target: string }): string {
  return JSON.stringify([source, target]);
}

/**
 * The features of every source and target that have a value.
 *
 * @throws {UserError} where two corpora of a language are compared with one target
 */
function featuresByPair(rows: readonly SourceFeatureRow[]): Pairs {
  const pairs = new Map<string, Map<string, number>>(), seen = new Map<string, SourceFeatureRow>();
  for (const row of rows) {
    const pair = pairKey(row), { source, target, feature, value } = row;
    const key = JSON.stringify([source, target, feature]);
    const before = seen.get(key);
    if (before !== undefined) {
      const corpora = ({ sourceCorpus, targetCorpus }: SourceFeatureRow) =>
        `${sourceCorpus} to ${targetCorpus}`;
      throw new UserError({
        message: `Cannot tell features of ${source} for ${target} apart: they are from ` +
          `${corpora(before)} and from ${corpora(row)}`,
        hint: "take the features of one corpus for each source and target, with where",
      });
    }
    seen.set(key, row);
    if (!pairs.has(pair)) pairs.set(pair, new Map());
    if (value !== null) pairs.get(pair)!.set(feature, value);
  }
  return pairs;
}

/**
 * The sources that a target can be ranked by: those with features and a score, but not its own
 * language, by whatever code.
 *
 * @throws {UserError} where a source has two scores on a target
 */
function sourcesOfTargets(
  pairs: Pairs,
  transfer: readonly TransferRow[],
): { targets: TargetSources[]; unknown: string[] } {
  const unknown = new Set<string>(), known = new Set<string>();
  const targets = new Map<
    string,
    TargetSources & { sources: TargetSources["sources"][number][] }
  >();
  for (const row of transfer) {
    const { model, metric, of, source, target, mean: score } = row;
    const key = JSON.stringify([model, metric, of, target]);
    if (!targets.has(key)) targets.set(key, { model, metric, of, target, sources: [] });
    if (source === target) continue;
    const features = pairs.get(pairKey(row));
    if (features === undefined) {
      unknown.add(`${source} to ${target}`);
      continue;
    }
    if (features.get("genealogy") === 0) continue;
    const scored = JSON.stringify([key, source]);
    if (known.has(scored)) {
      throw new UserError({
        message: `Cannot tell two scores of ${model} from ${source} on ${target} apart`,
        hint: "take one table of transfer for each model and score",
      });
    }
    known.add(scored);
    targets.get(key)!.sources.push({ source, score, features });
  }
  return { targets: [...targets.values()], unknown: [...unknown].sort(compareStrings) };
}
