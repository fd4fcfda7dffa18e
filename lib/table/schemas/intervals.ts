/**
 * How sure scores are.
 *
 * @module
 */
import { defineTable, type RowOf } from "../schema.ts";

/** One row per system and target, and one per system over its targets. */
export const intervalsTable = defineTable({
  name: "intervals",
  about: "Scores with their intervals: of every system on every target, and over all its targets.",
  columns: {
    model: { type: "VARCHAR", about: "kind of model, such as encoder or memorizer" },
    axes: {
      type: "VARCHAR",
      about:
        "the axes of the evaluations but the seed, as JSON: (axes->>'source') = 'eng' asks for one",
    },
    corpus: {
      type: "VARCHAR",
      about: "catalogue name of the corpus; NULL over targets of several",
      nullable: true,
    },
    language: {
      type: "VARCHAR",
      about: "language of the test set; NULL over all of them",
      nullable: true,
    },
    split: { type: "VARCHAR", about: "train, validation or test" },
    over: {
      type: "VARCHAR",
      about: "sentences: one target; mean: over targets, each counting once; iqm: the mean of " +
        "all scores of all targets and seeds without the lowest and the highest quarter",
    },
    metric: { type: "VARCHAR", about: "of which score: a metric of the table scores" },
    of: { type: "VARCHAR", about: "and of what: a class, micro or macro" },
    targets: { type: "INTEGER", about: "number of targets: 1 but over several" },
    seeds: { type: "INTEGER", about: "number of seeds; of the target with the fewest" },
    seedsAre: {
      type: "VARCHAR",
      about: "crossed where one draw of seeds is for all targets, nested where each target draws " +
        "its own; NULL for one target, and for one seed",
      nullable: true,
    },
    sentences: { type: "INTEGER", about: "number of sentences; of all targets together" },
    value: {
      type: "DOUBLE",
      about: "mean over seeds, %; NULL where nothing is to be found and nothing was",
      nullable: true,
    },
    std: {
      type: "DOUBLE",
      about: "sample standard deviation over seeds, percentage points; NULL for one seed, and " +
        "over targets whose seeds are nested",
      nullable: true,
    },
    low: {
      type: "DOUBLE",
      about: "lower end of the interval, %; NULL without a value",
      nullable: true,
    },
    high: { type: "DOUBLE", about: "upper end of the interval, %", nullable: true },
    confidence: { type: "DOUBLE", about: "of the interval: 0.95 is 95 %" },
    method: {
      type: "VARCHAR",
      about: "percentile, bca, expanded (percentile, widened for few seeds) or none",
    },
    resamples: { type: "INTEGER", about: "resamples of the sentences, the same for all systems" },
  },
  key: ["model", "axes", "corpus", "language", "split", "over", "metric", "of"],
});

/** A row of {@linkcode intervalsTable}. */
export type IntervalRow = RowOf<typeof intervalsTable>;
