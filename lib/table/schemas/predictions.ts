/**
 * What a model said wherever it was asked.
 *
 * @module
 */
import { defineColumns, defineTable, type RowOf } from "../schema.ts";

const columns = defineColumns({
  model: { type: "VARCHAR", about: "kind of model, such as encoder, masked or memorizer" },
  corpus: { type: "VARCHAR", about: "catalogue name of the corpus" },
  language: { type: "VARCHAR", about: "language code as the corpus spells it" },
  split: { type: "VARCHAR", about: "train, validation or test" },
  sentence: { type: "INTEGER", about: "position in the split, from 0" },
  unit: {
    type: "INTEGER",
    about:
      "position of the word in the sentence, from 0; 0 for a text; of a masked piece its place " +
      "among the piece ids",
  },
  text: {
    type: "VARCHAR",
    about:
      "the word or the text; both texts of a pair in two lines; of a masked piece all pieces of " +
      "its word",
  },
  gold: { type: "VARCHAR", about: "the right answer" },
  predicted: {
    type: "VARCHAR",
    about: "the model's answer; for a word that was cut off, what stands for no answer (O)",
  },
  loss: {
    type: "DOUBLE",
    about: "−ln p of the right answer, nats; NULL for what was cut off, and where a model has no p",
    nullable: true,
  },
  lost: { type: "BOOLEAN", about: "whether it was cut off: the model did not see it" },
});

/** One row per word, text or masked piece that was asked. */
export const predictionsTable = defineTable({
  name: "predictions",
  about: "What a model said of every word, text or masked piece of a test split, one row each.",
  columns,
  key: ["model", "corpus", "language", "split", "sentence", "unit"],
});

/** The same at every evaluation of a training. */
export const watchedTable = defineTable({
  name: "watched",
  about: "What a model said while it was trained, one row per evaluation and word or text.",
  columns: {
    epoch: { type: "INTEGER", about: "epochs done, from 1; the last may have been cut short" },
    step: { type: "INTEGER", about: "optimizer steps done" },
    ...columns,
  },
  key: ["epoch", "step", "model", "corpus", "language", "split", "sentence", "unit"],
});

/** A row of {@linkcode predictionsTable}. */
export type PredictionRow = RowOf<typeof predictionsTable>;

/** A row of {@linkcode watchedTable}. */
export type WatchedRow = RowOf<typeof watchedTable>;
