/**
 * The columns that say which model was tried on which test split.
 *
 * @module
 */
import { defineColumns } from "../schema.ts";

/** Shared by `predictions` and `scores`. */
export const trialColumns = defineColumns({
  model: { type: "VARCHAR", about: "kind of model: encoder or memorizer" },
  source: { type: "VARCHAR", about: "what the model was trained on" },
  target: { type: "VARCHAR", about: "language of the test split" },
  seed: {
    type: "INTEGER",
    about: "seed of the training; NULL for a model without one",
    nullable: true,
  },
});
