/**
 * What a model said of every word.
 *
 * @module
 */
import { defineTable, type RowOf } from "../schema.ts";
import { trialColumns } from "./trial.ts";

/** One row per word of a test set. */
export const predictionsTable = defineTable({
  name: "predictions",
  about: "What a model said of every word of a test split, one row per word.",
  columns: {
    ...trialColumns,
    sentence: { type: "INTEGER", about: "position in the split, from 0" },
    word: { type: "INTEGER", about: "position in the sentence, from 0" },
    token: { type: "VARCHAR", about: "the word" },
    gold: { type: "VARCHAR", about: "gold IOB2 tag" },
    predicted: { type: "VARCHAR", about: "predicted IOB2 tag; O for a word that was cut off" },
    loss: {
      type: "DOUBLE",
      about: "−ln p(gold), nats; NULL for a word that was cut off, and where a model has no p",
      nullable: true,
    },
  },
  key: ["model", "source", "target", "seed", "sentence", "word"],
});

/** A row of {@linkcode predictionsTable}. */
export type PredictionRow = RowOf<typeof predictionsTable>;
