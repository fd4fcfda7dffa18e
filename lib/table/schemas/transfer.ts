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
    model: { type: "VARCHAR", about: "kind of model, such as encoder or memorizer" },
    source: { type: "VARCHAR", about: "what the model was trained on" },
    target: { type: "VARCHAR", about: "language of the test split" },
    metric: { type: "VARCHAR", about: "of which score: a metric of the table scores" },
    of: { type: "VARCHAR", about: "and of what: a class, micro or macro" },
    seeds: { type: "INTEGER", about: "number of seeds" },
    mean: { type: "DOUBLE", about: "mean over seeds, in the unit of the score, mostly %" },
    std: {
      type: "DOUBLE",
      about: "sample standard deviation over seeds, percentage points; NULL for one seed",
      nullable: true,
    },
    gap: {
      type: "DOUBLE",
      about: "mean minus that of the model that was trained on the target itself, percentage " +
        "points; NULL where there is none",
      nullable: true,
    },
  },
  key: ["model", "source", "target"],
});

/** A row of {@linkcode transferTable}. */
export type TransferRow = RowOf<typeof transferTable>;
