/**
 * How much of its attention an encoder's pieces keep to themselves.
 *
 * @module
 */
import { defineTable, type RowOf } from "../schema.ts";

/** One row per layer of an encoder and kind of word. */
export const attentionTable = defineTable({
  name: "attention",
  about:
    "How much of its attention a piece puts on itself, one row per corpus, layer and kind of word: " +
    "means over the heads and over the pieces of words. Special pieces and padding are not counted " +
    "as pieces that look; what a word's pieces put on special pieces is part of their whole.",
  columns: {
    corpus: { type: "VARCHAR", about: "catalogue name of the corpus" },
    language: { type: "VARCHAR", about: "language code as the corpus spells it" },
    split: { type: "VARCHAR", about: "train, validation or test" },
    layer: { type: "INTEGER", about: "from 1, the one after the embeddings" },
    of: {
      type: "VARCHAR",
      about: "pieces of which words: all; where spans are asked, entity and other too",
    },
    onItself: { type: "DOUBLE", about: "mean share that a piece puts on itself, %" },
    onItsWord: {
      type: "DOUBLE",
      about: "mean share that it puts on all pieces of its word, itself included, %",
    },
    pieces: { type: "INTEGER", about: "how many pieces the means are of" },
    sentences: { type: "INTEGER", about: "how many sentences these pieces stand in" },
  },
  key: ["corpus", "language", "split", "layer", "of"],
});

/** A row of {@linkcode attentionTable}. */
export type AttentionRow = RowOf<typeof attentionTable>;
