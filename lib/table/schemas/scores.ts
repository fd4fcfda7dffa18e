/**
 * Scores of a model on a test set.
 *
 * @module
 */
import { defineTable, type RowOf } from "../schema.ts";
import { trialColumns } from "./trial.ts";

/** One row per entity type and average, in both span modes. */
export const scoresTable = defineTable({
  name: "scores",
  about: "Span scores of a model on a test split, one row per mode and entity type or average.",
  columns: {
    ...trialColumns,
    mode: { type: "VARCHAR", about: "default (conlleval, seqeval's default) or strict (IOB2)" },
    type: { type: "VARCHAR", about: "entity type, or the average: micro, macro" },
    precision: { type: "DOUBLE", about: "%" },
    recall: { type: "DOUBLE", about: "%" },
    f1: { type: "DOUBLE", about: "%" },
    support: { type: "INTEGER", about: "gold entities" },
    predicted: { type: "INTEGER", about: "predicted entities" },
    correct: { type: "INTEGER", about: "entities equal in type and both ends" },
    lostWords: { type: "INTEGER", about: "words that were cut off and count as O" },
  },
  key: ["model", "source", "target", "seed", "mode", "type"],
});

/** A row of {@linkcode scoresTable}. */
export type ScoreRow = RowOf<typeof scoresTable>;
