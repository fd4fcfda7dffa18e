/**
 * Sentences as a model reads them.
 *
 * @module
 */
import { compareStrings } from "../../core/canonical_json.ts";
import { defineTable, type RowOf } from "../schema.ts";

/** Tokenized sentences; what is asked and the right answers stay beside the ids. */
export const examplesTable = defineTable({
  name: "examples",
  about:
    "Every sentence as a model reads it, one row per sentence and variant; in a mixture, a variant " +
    "has as many rows of a sentence as its epoch reads it.",
  columns: {
    corpus: { type: "VARCHAR", about: "catalogue name of the corpus" },
    language: { type: "VARCHAR", about: "language code as the corpus spells it" },
    split: { type: "VARCHAR", about: "train, validation or test" },
    sentence: { type: "INTEGER", about: "position in the split, from 0" },
    variant: {
      type: "INTEGER",
      about:
        "0 for the sentence as it is; others are what training reads in its place, epoch by epoch",
    },
    units: {
      type: "VARCHAR[]",
      about:
        "what an answer is asked of: words, or the whole text; both texts of a pair in two lines",
    },
    answers: { type: "VARCHAR[]", about: "the right answer for each unit" },
    inputIds: { type: "INTEGER[]", about: "piece ids with special tokens, T of them" },
    typeIds: { type: "INTEGER[]", about: "token types, T of them; empty where all are 0" },
    wordIds: {
      type: "INTEGER[]",
      about: "the word of every piece, −1 for special tokens and separators, T of them",
    },
    asked: { type: "INTEGER[]", about: "the pieces at which something is asked, ascending" },
    gold: { type: "INTEGER[]", about: "the index of the right answer at each of them" },
    lostWords: { type: "INTEGER", about: "words at the end that were cut off" },
  },
  key: ["corpus", "language", "split", "sentence", "variant"],
});

/** A row of {@linkcode examplesTable}. */
export type ExampleRow = RowOf<typeof examplesTable>;

/** Orders rows by corpus, language and place, so that the order of inputs changes no sum. */
export function byPlace(a: ExampleRow, b: ExampleRow): number {
  return compareStrings(a.corpus, b.corpus) || compareStrings(a.language, b.language) ||
    compareStrings(a.split, b.split) || a.sentence - b.sentence || a.variant - b.variant;
}
