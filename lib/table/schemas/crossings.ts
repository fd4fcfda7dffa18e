/**
 * Where learning curves reach a level.
 *
 * @module
 */
import { defineTable, type RowOf } from "../schema.ts";

/** One row per curve and test set. */
export const crossingsTable = defineTable({
  name: "crossings",
  about: "How many training sentences a learning curve needs to reach what another system scores.",
  columns: {
    model: { type: "VARCHAR", about: "kind of model of the curve, such as encoder" },
    axes: {
      type: "VARCHAR",
      about: "the axes of the curve's evaluations but the seed and the sizes, as JSON",
    },
    levelModel: { type: "VARCHAR", about: "kind of model of the level" },
    levelAxes: {
      type: "VARCHAR",
      about: "the axes of the level's evaluations but the seed, as JSON",
    },
    corpus: { type: "VARCHAR", about: "catalogue name of the corpus" },
    language: { type: "VARCHAR", about: "language of the test set" },
    split: { type: "VARCHAR", about: "train, validation or test" },
    metric: { type: "VARCHAR", about: "of which score: a metric of the table scores" },
    of: { type: "VARCHAR", about: "and of what: a class, micro or macro" },
    sizes: { type: "INTEGER", about: "number of sizes on the curve" },
    smallest: { type: "DOUBLE", about: "the smallest size, in training sentences" },
    largest: { type: "DOUBLE", about: "the largest size, in training sentences" },
    seeds: { type: "INTEGER", about: "number of seeds; of the size or level with the fewest" },
    level: { type: "DOUBLE", about: "the level, mean over seeds, %" },
    atSmallest: { type: "DOUBLE", about: "the curve at the smallest size, mean over seeds, %" },
    atLargest: { type: "DOUBLE", about: "the curve at the largest size, mean over seeds, %" },
    crossing: {
      type: "DOUBLE",
      about:
        "training sentences at which the mean curve first reaches the mean level, between two " +
        "sizes by a straight line over their logarithms; 0 where the smallest size is there " +
        "already, Infinity where the largest is not",
    },
    low: {
      type: "DOUBLE",
      about: "lower end of the interval, in training sentences; 0 is below the smallest size",
    },
    high: {
      type: "DOUBLE",
      about: "upper end of the interval; Infinity is above the largest size",
    },
    within: {
      type: "DOUBLE",
      about: "share of the resamples in which the curve crosses between its sizes, 0 to 1",
    },
    confidence: { type: "DOUBLE", about: "of the interval: 0.95 is 95 %" },
    resamples: { type: "INTEGER", about: "resamples of the sentences and seeds" },
  },
  key: ["model", "axes", "corpus", "language", "split", "metric", "of"],
});

/** A row of {@linkcode crossingsTable}. */
export type CrossingRow = RowOf<typeof crossingsTable>;
