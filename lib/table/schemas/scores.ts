/**
 * Scores of a model on a test set.
 *
 * @module
 */
import { defineColumns, defineTable, type RowOf } from "../schema.ts";

/** The columns that say of what a score is. */
const scoredColumns = defineColumns({
  model: { type: "VARCHAR", about: "kind of model, such as encoder, masked or memorizer" },
  corpus: { type: "VARCHAR", about: "catalogue name of the corpus" },
  language: { type: "VARCHAR", about: "language code as the corpus spells it" },
  split: { type: "VARCHAR", about: "train, validation or test" },
  epoch: {
    type: "INTEGER",
    about: "epochs that the model was trained for; NULL for the model that a training gave",
    nullable: true,
  },
});

/** One row per metric and what it is of. */
export const scoresTable = defineTable({
  name: "scores",
  about: "Scores of a model on a split, one row per metric and class or average.",
  columns: {
    ...scoredColumns,
    metric: {
      type: "VARCHAR",
      about: "f1, precision, recall, strictF1 …, accuracy, loss, perplexity, lost: " +
        "stages/<task>/evaluate.ts has them, and lib/experiment/evaluate_stage.ts the loss",
    },
    of: { type: "VARCHAR", about: "entity type or class, or the average: micro, macro" },
    value: { type: "DOUBLE", about: "%; nats for loss, e to it for perplexity, a count for lost" },
    support: { type: "INTEGER", about: "how many things in the gold data it is about" },
  },
  key: ["model", "corpus", "language", "split", "epoch", "metric", "of"],
});

/** One row per sentence and class: what any of the scores is a function of. */
export const countsTable = defineTable({
  name: "counts",
  about:
    "What scores are made of, one row per sentence and class that occurs in it: sums of these over " +
    "any set of sentences give its scores.",
  columns: {
    ...scoredColumns,
    sentence: { type: "INTEGER", about: "position in the split, from 0" },
    counting: {
      type: "VARCHAR",
      about: "how: default or strict (spans), words, sentences, pieces",
    },
    of: { type: "VARCHAR", about: "entity type or class; micro stands in every sentence" },
    gold: { type: "INTEGER", about: "of that class in the gold data" },
    predicted: { type: "INTEGER", about: "of that class in the prediction" },
    correct: { type: "INTEGER", about: "in both, at the same place" },
  },
  key: ["model", "corpus", "language", "split", "epoch", "sentence", "counting", "of"],
});

/** A row of {@linkcode scoresTable}. */
export type ScoreRow = RowOf<typeof scoresTable>;

/** A row of {@linkcode countsTable}. */
export type CountRow = RowOf<typeof countsTable>;
