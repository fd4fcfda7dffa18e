/**
 * How many of its weights a model needs.
 *
 * @module
 */
import { defineTable, type RowOf } from "../schema.ts";

/** One row per language and share of weights that are pruned. */
export const pruningTable = defineTable({
  name: "pruning",
  about:
    "F1 of a model whose weights of least magnitude are 0, one row per language and share of them.",
  columns: {
    model: { type: "VARCHAR", about: "kind of model, such as bilstm_crf" },
    corpus: { type: "VARCHAR", about: "catalogue name of the corpus" },
    language: { type: "VARCHAR", about: "language code as the corpus spells it" },
    split: { type: "VARCHAR", about: "validation or test" },
    pruned: { type: "INTEGER", about: "share of all weights that are 0 now, %" },
    weights: { type: "INTEGER", about: "weights of the model" },
    f1: { type: "DOUBLE", about: "micro F1 of entities, %" },
    threshold: {
      type: "INTEGER",
      about:
        "the greatest share, %, up to which F1 is never more than the tolerance below that of the " +
        "whole model: what is above is over-pruned; the same in all rows of a language. NULL where the " +
        "whole model has no more than the tolerance to lose",
      nullable: true,
    },
  },
  key: ["model", "corpus", "language", "split", "pruned"],
});

/** A row of {@linkcode pruningTable}. */
export type PruningRow = RowOf<typeof pruningTable>;
