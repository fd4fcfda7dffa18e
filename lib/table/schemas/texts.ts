/**
 * The one form in which every corpus of classified texts is kept.
 *
 * @module
 */
import { defineTable, type RowOf } from "../schema.ts";

/** Texts of a corpus with one label each. */
export const textsTable = defineTable({
  name: "texts",
  about: "Every text of a corpus after reading, one row per text.",
  columns: {
    corpus: { type: "VARCHAR", about: "catalogue name of the corpus" },
    language: { type: "VARCHAR", about: "language code as the corpus spells it" },
    split: { type: "VARCHAR", about: "train, validation or test" },
    sentence: { type: "INTEGER", about: "position in the split, from 0" },
    text: { type: "VARCHAR", about: "the text" },
    label: { type: "VARCHAR", about: "its class, as the corpus spells it" },
  },
  key: ["corpus", "language", "split", "sentence"],
});

/** A row of {@linkcode textsTable}. */
export type TextRow = RowOf<typeof textsTable>;
