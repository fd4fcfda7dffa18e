/**
 * What trainings trained.
 *
 * @module
 */
import { defineTable, type RowOf } from "../schema.ts";

/** One row per training. */
export const trainingsTable = defineTable({
  name: "trainings",
  about: "What each training trained: how many of the weights learnt, in how many steps.",
  columns: {
    instance: { type: "VARCHAR", about: "the training, such as train[source=eng,seed=42]" },
    axes: {
      type: "VARCHAR",
      about: "its axes as JSON: (axes->>'source') = 'eng' asks for one",
    },
    weights: { type: "INTEGER", about: "numbers that the model has, its head included" },
    learnt: { type: "INTEGER", about: "how many of them the training could change" },
    share: { type: "DOUBLE", about: "the same, % of weights" },
    steps: { type: "INTEGER", about: "optimizer steps" },
    epochs: { type: "INTEGER", about: "epochs, the last perhaps in part" },
    asked: { type: "DOUBLE", about: "words or texts with an answer, over all steps" },
    loss: { type: "DOUBLE", about: "of the last step, nats" },
  },
  key: ["instance"],
});

/** A row of {@linkcode trainingsTable}. */
export type TrainingRow = RowOf<typeof trainingsTable>;
