/**
 * How well a feature ranks sources.
 *
 * @module
 */
import { defineTable, type RowOf } from "../schema.ts";

/** One row per model, target and feature, and one over all targets. */
export const sourceRankingTable = defineTable({
  name: "source_ranking",
  about:
    "Which source a feature would have picked for each target, what that would have cost, and how " +
    "its order agrees with the measured transfer; the target's own language is no source.",
  columns: {
    model: { type: "VARCHAR", about: "kind of model, such as encoder or memorizer" },
    metric: { type: "VARCHAR", about: "of which score: a metric of the table scores" },
    of: { type: "VARCHAR", about: "and of what: a class, micro or macro" },
    target: {
      type: "VARCHAR",
      about: "language of the test split; NULL for the means over targets",
      nullable: true,
    },
    feature: {
      type: "VARCHAR",
      about:
        "a feature of source_features; meanRank, the mean of the ranks by several; chance, any source",
    },
    targets: { type: "INTEGER", about: "1, or the targets that the means are of" },
    sources: {
      type: "INTEGER",
      about: "sources with a score and a value of the feature; over targets the fewest",
    },
    spearman: {
      type: "DOUBLE",
      about:
        "rho of the feature's order and that of the scores, 1 where they agree; NULL where the " +
        "feature says the same of all sources",
      nullable: true,
    },
    low: {
      type: "DOUBLE",
      about:
        "of rho's interval: by Bonett and Wright over sources, of a mean by bootstrap over targets; " +
        "NULL where it cannot be told",
      nullable: true,
    },
    high: { type: "DOUBLE", about: "of the same interval", nullable: true },
    kendall: { type: "DOUBLE", about: "tau-b of the same orders", nullable: true },
    ndcg3: {
      type: "DOUBLE",
      about: "NDCG of the first three places, 0 to 1, the ten best sources being relevant",
    },
    picked: {
      type: "VARCHAR[]",
      about: "the source that is first by the feature, or those that are; none for the means",
    },
    pickedScore: { type: "DOUBLE", about: "their mean score, in its unit, mostly %" },
    best: { type: "VARCHAR[]", about: "the source with the best score; none for the means" },
    bestScore: { type: "DOUBLE", about: "its score" },
    cost: { type: "DOUBLE", about: "how much worse the picked score is, in the score's unit" },
  },
  key: ["model", "metric", "of", "target", "feature"],
});

/** A row of {@linkcode sourceRankingTable}. */
export type SourceRankingRow = RowOf<typeof sourceRankingTable>;
