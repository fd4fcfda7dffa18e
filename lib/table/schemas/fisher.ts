/**
 * Which weights of a model matter for a language, and how far languages share them.
 *
 * @module
 */
import { defineColumns, defineTable, type RowOf } from "../schema.ts";

const layerColumns = defineColumns({
  layer: { type: "VARCHAR", about: "module of the model, and of stacked layers which, from l0" },
  top: { type: "INTEGER", about: "which share of the layer's weights, by their Fisher, %" },
});

/** One row per layer and share of its weights. */
export const fisherTable = defineTable({
  name: "fisher",
  about:
    "How sure the diagonal of a model's Fisher information is, one row per layer and share of its " +
    "most important weights.",
  columns: {
    model: { type: "VARCHAR", about: "kind of model, such as bilstm_crf" },
    corpus: { type: "VARCHAR", about: "catalogue name of the corpus" },
    language: { type: "VARCHAR", about: "language code as the corpus spells it" },
    sentences: { type: "INTEGER", about: "training sentences whose gradients were taken" },
    samples: { type: "INTEGER", about: "sequences of labels drawn of the model for each of them" },
    ...layerColumns,
    weights: { type: "INTEGER", about: "weights of the layer" },
    touched: { type: "INTEGER", about: "those that any gradient moves" },
    trace: { type: "DOUBLE", about: "sum of the layer's part of the diagonal, of log p in nats" },
    traceError: {
      type: "DOUBLE",
      about: "its standard error over sentences, %; NULL for one of them",
      nullable: true,
    },
    agreement: {
      type: "DOUBLE",
      about:
        "overlap of the most important weights by one half of the sentences and by the other, %: " +
        "what two languages that are the same would share at so few; NULL where a half has none",
      nullable: true,
    },
  },
  key: ["model", "corpus", "language", "layer", "top"],
});

/** One row per pair of diagonals, layer and share of its weights. */
export const fisherOverlapsTable = defineTable({
  name: "fisher_overlaps",
  about:
    "How many of the most important weights two languages share in one model, or a language has " +
    "before and after a model is taught on, one row per layer and share.",
  columns: {
    model: { type: "VARCHAR", about: "kind of model, such as bilstm_crf" },
    comparing: { type: "VARCHAR", about: "languages, or tuning: before and after" },
    language: { type: "VARCHAR", about: "language code as the corpus spells it" },
    other: { type: "VARCHAR", about: "the other language; the same one for tuning" },
    ...layerColumns,
    overlap: {
      type: "DOUBLE",
      about: "shared weights, % of the larger of the two sets; by chance about top %. NULL where " +
        "no weight matters",
      nullable: true,
    },
  },
  key: ["model", "comparing", "language", "other", "layer", "top"],
});

/** A row of {@linkcode fisherTable}. */
export type FisherRow = RowOf<typeof fisherTable>;

/** A row of {@linkcode fisherOverlapsTable}. */
export type FisherOverlapRow = RowOf<typeof fisherOverlapsTable>;
