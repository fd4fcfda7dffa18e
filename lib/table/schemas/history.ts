/**
 * The course of a training.
 *
 * @module
 */
import { defineTable, type RowOf } from "../schema.ts";

/** One row per optimizer step. */
export const historyTable = defineTable({
  name: "history",
  about: "The course of every training, one row per optimizer step.",
  columns: {
    step: { type: "INTEGER", about: "optimizer step, from 1" },
    epoch: { type: "INTEGER", about: "epoch, from 1" },
    loss: {
      type: "DOUBLE",
      about: "mean cross entropy of the step's labelled words, smoothed and by slices where " +
        "training is, nats",
    },
    learningRate: { type: "DOUBLE", about: "learning rate of the step" },
    gradientNorm: { type: "DOUBLE", about: "global L2 norm before clipping" },
    asked: { type: "INTEGER", about: "words or texts with an answer in the batches of the step" },
    devSplit: {
      type: "VARCHAR",
      about: "whose validation words were scored after the step: source or target; NULL in between",
      nullable: true,
    },
    devLoss: {
      type: "DOUBLE",
      about: "mean cross entropy of the validation words after the step, nats; NULL in between",
      nullable: true,
    },
    devAccuracy: {
      type: "DOUBLE",
      about: "validation words with the right label after the step, %; NULL in between",
      nullable: true,
    },
    isSelected: { type: "BOOLEAN", about: "whether the weights after the step are the model's" },
  },
  key: ["step"],
});

/** A row of {@linkcode historyTable}. */
export type HistoryRow = RowOf<typeof historyTable>;
