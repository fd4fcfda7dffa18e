/**
 * The source × target matrix.
 *
 * @module
 */
import { defineTable, type RowOf } from "../schema.ts";

/** One row per model, source and target. */
export const transferTable = defineTable({
  name: "transfer",
  about: "Transfer from every source to every target over seeds, one row per pair and model.",
  columns: {
    model: { type: "VARCHAR", about: "kind of model: encoder or memorizer" },
    source: { type: "VARCHAR", about: "what the model was trained on" },
    target: { type: "VARCHAR", about: "language of the test split" },
    seeds: { type: "INTEGER", about: "number of seeds" },
    f1: { type: "DOUBLE", about: "micro F1 (mode default), mean over seeds, %" },
    f1Std: {
      type: "DOUBLE",
      about: "sample standard deviation over seeds, percentage points; NULL for one seed",
      nullable: true,
    },
    gap: {
      type: "DOUBLE",
      about:
        "f1 minus the f1 of the model trained on the target itself, percentage points; NULL where there is none",
      nullable: true,
    },
  },
  key: ["model", "source", "target"],
});

/** A row of {@linkcode transferTable}. */
export type TransferRow = RowOf<typeof transferTable>;
