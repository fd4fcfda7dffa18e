/**
 * Words that a model has tagged outside of experiments.
 *
 * @module
 */
import { defineTable, type RowOf } from "../schema.ts";

/** One row per word. */
export const taggedWordsTable = defineTable({
  name: "tagged_words",
  about: "What a model said of every word of some input, one row each.",
  columns: {
    document: { type: "INTEGER", about: "position of the document in the input, from 0" },
    id: { type: "VARCHAR", about: "what the input calls the document", nullable: true },
    sentence: { type: "INTEGER", about: "position of the sentence in the document, from 0" },
    word: { type: "INTEGER", about: "position of the word in the sentence, from 0" },
    text: { type: "VARCHAR", about: "the word" },
    start: { type: "UINTEGER", about: "offset of its first character in the document" },
    end: { type: "UINTEGER", about: "offset behind its last character" },
    tag: { type: "VARCHAR", about: "the model's tag" },
    probability: { type: "DOUBLE", about: "of the tag by the model, 0 … 1" },
    icu: {
      type: "VARCHAR",
      about: "the version of ICU that cut the words; NULL where the input had them",
      nullable: true,
    },
  },
  key: ["document", "sentence", "word"],
});

/** A row of {@linkcode taggedWordsTable}. */
export type TaggedWordRow = RowOf<typeof taggedWordsTable>;
