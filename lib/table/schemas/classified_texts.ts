/**
 * Texts that a model has classified outside of experiments.
 *
 * @module
 */
import { defineTable, type RowOf } from "../schema.ts";

/** One row per text and class. */
export const classifiedTextsTable = defineTable({
  name: "classified_texts",
  about: "What a model said of every text of some input, one row for each class.",
  columns: {
    document: { type: "INTEGER", about: "position of the text in the input, from 0" },
    id: { type: "VARCHAR", about: "what the input calls the text", nullable: true },
    text: { type: "VARCHAR", about: "the text" },
    rank: { type: "INTEGER", about: "0 for the likeliest class, which is the answer" },
    label: { type: "VARCHAR", about: "the class" },
    probability: { type: "DOUBLE", about: "of the class by the model, 0 … 1; all add up to 1" },
  },
  key: ["document", "rank"],
});

/** A row of {@linkcode classifiedTextsTable}. */
export type ClassifiedTextRow = RowOf<typeof classifiedTextsTable>;
