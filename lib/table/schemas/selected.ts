/**
 * Which epoch of a training each protocol chooses.
 *
 * @module
 */
import { defineTable, type RowOf } from "../schema.ts";

/** One row per protocol and language. */
export const selectedTable = defineTable({
  name: "selected",
  about:
    "Which epoch of a training each protocol chooses for a language, and what it scores there.",
  columns: {
    model: { type: "VARCHAR", about: "kind of model, such as encoder" },
    protocol: {
      type: "VARCHAR",
      about: "last, sourceDevLoss, sourceDev or targetDev: see selectedOn",
    },
    selectedOn: { type: "VARCHAR", about: "the split and the score that chose, in words" },
    corpus: { type: "VARCHAR", about: "catalogue name of the test split's corpus" },
    language: { type: "VARCHAR", about: "language of the test split" },
    epoch: { type: "INTEGER", about: "the chosen epoch, the first of equals" },
    metric: { type: "VARCHAR", about: "of which score dev and test are" },
    of: { type: "VARCHAR", about: "and of what: a class, micro or macro" },
    dev: {
      type: "DOUBLE",
      about: "what chose: the score, or the loss in nats; NULL for the last epoch",
      nullable: true,
    },
    test: { type: "DOUBLE", about: "the score on the language's test split at that epoch, %" },
  },
  key: ["model", "protocol", "corpus", "language"],
});

/** A row of {@linkcode selectedTable}. */
export type SelectedRow = RowOf<typeof selectedTable>;
