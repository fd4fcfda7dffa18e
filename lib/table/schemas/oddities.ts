/**
 * What was odd in a source, so that nothing is repaired or dropped in silence.
 *
 * @module
 */
import { defineTable, type RowOf } from "../schema.ts";
import { oddityKinds } from "./oddity_kinds.ts";

/** What was odd in a source. */
export const odditiesTable = defineTable({
  name: "oddities",
  about: "What was odd in a corpus file and what was done about it, one row per kind and place.",
  columns: {
    corpus: { type: "VARCHAR", about: "catalogue name of the corpus" },
    language: { type: "VARCHAR", about: "language code as the corpus spells it" },
    split: { type: "VARCHAR", about: "train, validation or test" },
    oddity: {
      type: "VARCHAR",
      about: `what: ${Object.keys(oddityKinds).join(", ")}`,
    },
    action: { type: "VARCHAR", about: "what was done: kept, repaired, dropped" },
    line: { type: "INTEGER", about: "line (or row) in the source file, from 1", nullable: true },
    count: { type: "INTEGER", about: "occurrences that this row stands for" },
    detail: { type: "VARCHAR", about: "the text concerned" },
  },
  key: ["corpus", "language", "split", "oddity", "line"],
});

/** A row of {@linkcode odditiesTable}. */
export type OddityRow = RowOf<typeof odditiesTable>;
