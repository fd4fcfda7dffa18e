/**
 * Sentences as a model reads them.
 *
 * @module
 */
import { compareStrings } from "../../core/canonical_json.ts";
import { defineTable, type RowOf } from "../schema.ts";

/** Tokenized sentences; the words and tags stay beside the ids. */
export const encodedTable = defineTable({
  name: "encoded",
  about: "Every sentence after tokenization, one row per sentence.",
  columns: {
    corpus: { type: "VARCHAR", about: "catalogue name of the corpus" },
    language: { type: "VARCHAR", about: "language code as the corpus spells it" },
    split: { type: "VARCHAR", about: "train, validation or test" },
    sentence: { type: "INTEGER", about: "position in the split, from 0" },
    tokens: { type: "VARCHAR[]", about: "words" },
    tags: { type: "VARCHAR[]", about: "IOB2 tags of the kept entity types, one per word" },
    inputIds: { type: "INTEGER[]", about: "piece ids with special tokens, T of them" },
    wordIds: {
      type: "INTEGER[]",
      about: "the word of every piece, −1 for special tokens and separators, T of them",
    },
    labels: {
      type: "INTEGER[]",
      about:
        "label index at the labelled pieces of a word (the first; all of them where training says so), " +
        "−100 elsewhere, T of them",
    },
    lostWords: {
      type: "INTEGER",
      about: "words at the end that were cut off; they are scored as O",
    },
  },
  key: ["corpus", "language", "split", "sentence"],
});

/** A row of {@linkcode encodedTable}. */
export type EncodedRow = RowOf<typeof encodedTable>;

/** Orders rows by corpus, language and place, so that the order of inputs changes no sum. */
export function byPlace(a: EncodedRow, b: EncodedRow): number {
  return compareStrings(a.corpus, b.corpus) || compareStrings(a.language, b.language) ||
    compareStrings(a.split, b.split) || a.sentence - b.sentence;
}
