/**
 * Which of two systems is better.
 *
 * @module
 */
import { defineColumns, defineTable, type RowOf } from "../schema.ts";

/** The columns that say what is compared, of one target or over all. */
const comparedColumns = defineColumns({
  modelA: { type: "VARCHAR", about: "kind of model of A" },
  axesA: {
    type: "VARCHAR",
    about:
      "the axes of A's evaluations but the seed, as JSON: (axesA->>'source') = 'eng' asks for one",
  },
  modelB: { type: "VARCHAR", about: "kind of model of B" },
  axesB: { type: "VARCHAR", about: "the axes of B's evaluations but the seed, as JSON" },
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
  metric: { type: "VARCHAR", about: "of which score: a metric of the table scores" },
  of: { type: "VARCHAR", about: "and of what: a class, micro or macro" },
});

/** One row per pair of systems and target, and one per pair over its targets. */
export const comparisonsTable = defineTable({
  name: "comparisons",
  about: "Two systems on the same test sets: by how much A is better than B, and how sure that is.",
  columns: {
    ...comparedColumns,
    targets: { type: "INTEGER", about: "number of targets: 1 but over all" },
    sentences: { type: "INTEGER", about: "number of sentences; of all targets together" },
    seedsA: { type: "INTEGER", about: "seeds of A; of the target with the fewest" },
    seedsB: { type: "INTEGER", about: "seeds of B; of the target with the fewest" },
    a: { type: "DOUBLE", about: "mean of A over seeds, %; NULL where undefined", nullable: true },
    b: { type: "DOUBLE", about: "mean of B over seeds, %; NULL where undefined", nullable: true },
    difference: { type: "DOUBLE", about: "A minus B, percentage points", nullable: true },
    low: {
      type: "DOUBLE",
      about: "lower end of the difference's interval by the paired bootstrap over sentences, " +
        "nested over seeds, percentage points",
      nullable: true,
    },
    high: { type: "DOUBLE", about: "upper end of that interval", nullable: true },
    confidence: { type: "DOUBLE", about: "of the interval: 0.95 is 95 %" },
    method: {
      type: "VARCHAR",
      about: "percentile, expanded (percentile, widened for few seeds) or none",
    },
    p: {
      type: "DOUBLE",
      about: "two-sided, by approximate randomization over sentences: of these very models",
      nullable: true,
    },
    pSeeds: {
      type: "DOUBLE",
      about:
        "two-sided, by t over sentences and seeds: of other seeds too; NULL where a side has " +
        "one seed",
      nullable: true,
    },
    tests: {
      type: "INTEGER",
      about: "how many p-values are corrected together: those of all targets in this table, or " +
        "those over targets",
    },
    holm: {
      type: "DOUBLE",
      about: "the larger of p and pSeeds, corrected by Holm",
      nullable: true,
    },
    bh: {
      type: "DOUBLE",
      about: "the larger of p and pSeeds, corrected by Benjamini and Hochberg",
      nullable: true,
    },
    alpha: { type: "DOUBLE", about: "what holm is held against" },
    verdict: {
      type: "VARCHAR",
      about: "better: A is, with holm ≤ alpha; worse: B is; undecided: neither",
    },
    epsilonMin: {
      type: "DOUBLE",
      about:
        "almost stochastic order over seeds: A is better in nearly every quantile below 0.2, " +
        "and below 0.5 in most; NULL where a side has one seed",
      nullable: true,
    },
    cohensD: {
      type: "DOUBLE",
      about: "the difference in deviations over seeds; NULL where a side has one seed",
      nullable: true,
    },
    superiority: {
      type: "DOUBLE",
      about: "how often a seed of A is better than one of B, ties half, 0 to 1; over targets the " +
        "mean of theirs, the probability of improvement",
      nullable: true,
    },
    wins: { type: "INTEGER", about: "over targets: in how many A is better", nullable: true },
    losses: { type: "INTEGER", about: "over targets: in how many B is better", nullable: true },
    pSigns: {
      type: "DOUBLE",
      about: "over targets: two-sided sign test",
      nullable: true,
    },
    pWilcoxon: {
      type: "DOUBLE",
      about: "over targets: two-sided Wilcoxon signed-rank test",
      nullable: true,
    },
  },
  key: ["modelA", "axesA", "modelB", "axesB", "corpus", "language", "split", "metric", "of"],
});

/** One row per pair of systems, target and plan. */
export const powerTable = defineTable({
  name: "power",
  about: "How often a comparison with so many sentences and seeds would find what has been seen.",
  columns: {
    ...comparedColumns,
    difference: { type: "DOUBLE", about: "A minus B as it was seen, percentage points" },
    sentences: { type: "INTEGER", about: "of the planned test set" },
    seeds: { type: "INTEGER", about: "of each system" },
    power: { type: "DOUBLE", about: "how often that difference is found at alpha, 0 to 1" },
    reversed: { type: "DOUBLE", about: "how often its opposite is, 0 to 1" },
    error: { type: "DOUBLE", about: "standard error of power, by the number of simulations" },
    alpha: { type: "DOUBLE", about: "at which p a comparison is decided" },
    isEnough: { type: "BOOLEAN", about: "whether power is as large as was asked for" },
  },
  key: [
    "modelA",
    "axesA",
    "modelB",
    "axesB",
    "corpus",
    "language",
    "split",
    "metric",
    "of",
    "sentences",
    "seeds",
  ],
});

/** A row of {@linkcode comparisonsTable}. */
export type ComparisonRow = RowOf<typeof comparisonsTable>;

/** A row of {@linkcode powerTable}. */
export type PowerRow = RowOf<typeof powerTable>;
