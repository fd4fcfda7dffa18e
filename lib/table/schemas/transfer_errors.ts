/**
 * The errors by which models of one and of several languages are told apart.
 *
 * @module
 */
import { defineColumns, defineTable, type RowOf } from "../schema.ts";

/** The columns that say whose answers they are, and on what. */
const answered = defineColumns({
  model: { type: "VARCHAR", about: "kind of model, such as bilstm_crf or encoder" },
  corpus: { type: "VARCHAR", about: "catalogue name of the corpus" },
  language: { type: "VARCHAR", about: "language code as the corpus spells it" },
  split: { type: "VARCHAR", about: "train, validation or test" },
});

const group = ["model", "corpus", "language", "split"] as const;

/** One row per gold tag. */
export const recallErrorsTable = defineTable({
  name: "recall_errors",
  about: "Words whose entity type a model did not find, one row per gold type, O included.",
  columns: {
    ...answered,
    tag: { type: "VARCHAR", about: "gold type, without B- and I-; O for words of no entity" },
    words: { type: "INTEGER", about: "words with this gold tag" },
    errors: { type: "INTEGER", about: "those that were given another type, or O" },
    rate: { type: "DOUBLE", about: "errors among words, %" },
  },
  key: [...group, "tag"],
});

/** One row per grain of what names share. */
export const commonEntitiesTable = defineTable({
  name: "common_entities",
  about:
    "Errors on entities that share their type and a part of their name with a training entity of " +
    "another language, one row per grain.",
  columns: {
    ...answered,
    grain: {
      type: "VARCHAR",
      about: "what is shared: 4, 5, 6, 7 or 8 characters in a row, or exact for the whole name",
    },
    gold: { type: "INTEGER", about: "such entities in the gold data" },
    predicted: { type: "INTEGER", about: "such entities in the prediction" },
    correct: { type: "INTEGER", about: "in both, at the same place" },
    recallErrors: {
      type: "DOUBLE",
      about: "of those in the gold data, not found, %; NULL where there are none",
      nullable: true,
    },
    precisionErrors: {
      type: "DOUBLE",
      about: "of those in the prediction, wrong, %; NULL where there are none",
      nullable: true,
    },
    errorRate: {
      type: "DOUBLE",
      about: "harmonic mean of the two, %; NULL where one of them is",
      nullable: true,
    },
  },
  key: [...group, "grain"],
});

/** A row of {@linkcode recallErrorsTable}. */
export type RecallErrorRow = RowOf<typeof recallErrorsTable>;

/** A row of {@linkcode commonEntitiesTable}. */
export type CommonEntityRow = RowOf<typeof commonEntitiesTable>;
