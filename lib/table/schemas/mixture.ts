/**
 * What a mixture takes of each corpus, and which labels that has.
 *
 * @module
 */
import { defineTable, type RowOf } from "../schema.ts";

/** One row per language and corpus. */
export const mixtureTable = defineTable({
  name: "mixture",
  about: "Which training sentences a mixture reads and how often, one row per language and corpus.",
  columns: {
    language: { type: "VARCHAR", about: "language code as the corpus spells it" },
    corpus: { type: "VARCHAR", about: "catalogue name of the corpus" },
    sentences: { type: "INTEGER", about: "training sentences that were there" },
    pool: { type: "INTEGER", about: "those among them that may be read: all of them, or k" },
    shareAsked: {
      type: "DOUBLE",
      about: "share of an epoch that the params ask for, from 0 to 1; of several corpora of a " +
        "language, each has its part of the language's pool",
    },
    share: { type: "DOUBLE", about: "share of all that is read, from 0 to 1" },
    epochs: { type: "INTEGER", about: "epochs that the next columns are about" },
    drawn: {
      type: "INTEGER",
      about: "sentences that all epochs read together; one that is read again counts again",
    },
    different: { type: "INTEGER", about: "the sentences among them, each counted once" },
    seenLeast: { type: "INTEGER", about: "how often a sentence of the pool is read, at least" },
    seenMean: { type: "DOUBLE", about: "how often, on average" },
    seenMost: { type: "INTEGER", about: "how often, at most" },
  },
  key: ["language", "corpus"],
});

/** A row of {@linkcode mixtureTable}. */
export type MixtureRow = RowOf<typeof mixtureTable>;

/** One row per language, corpus and label. */
export const labelsTable = defineTable({
  name: "labels",
  about:
    "How often each label is the right answer, in the training sentences that a mixture was given " +
    "and in those that it may read.",
  columns: {
    language: { type: "VARCHAR", about: "language code as the corpus spells it" },
    corpus: { type: "VARCHAR", about: "catalogue name of the corpus" },
    label: { type: "VARCHAR", about: "class of a text, or tag of a word" },
    given: { type: "INTEGER", about: "answers of the training sentences that were there" },
    pool: { type: "INTEGER", about: "answers of those among them that may be read" },
  },
  key: ["language", "corpus", "label"],
});

/** A row of {@linkcode labelsTable}. */
export type LabelRow = RowOf<typeof labelsTable>;
