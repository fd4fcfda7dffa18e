/**
 * The one form in which every tagged corpus is kept.
 *
 * @module
 */
import { defineTable, type RowOf } from "../schema.ts";

/** Sentences of a corpus with one tag per word. */
export const sentencesTable = defineTable({
  name: "sentences",
  about: "Every sentence of a corpus after reading, one row per sentence.",
  columns: {
    corpus: { type: "VARCHAR", about: "catalogue name of the corpus" },
    language: { type: "VARCHAR", about: "language code as the corpus spells it" },
    split: { type: "VARCHAR", about: "train, validation or test" },
    sentence: { type: "INTEGER", about: "position in the split, from 0" },
    tokens: { type: "VARCHAR[]", about: "words" },
    tags: { type: "VARCHAR[]", about: "tags, one per word; none in raw text" },
  },
  key: ["corpus", "language", "split", "sentence"],
});

/** A row of {@linkcode sentencesTable}. */
export type SentenceRow = RowOf<typeof sentencesTable>;
