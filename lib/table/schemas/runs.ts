/**
 * How long results took.
 *
 * @module
 */
import { defineTable, type RowOf } from "../schema.ts";

/** One row per instance that wrote a table. No stage writes it: it is told by the store's records. */
export const runsTable = defineTable({
  name: "runs",
  about: "How long each instance took that wrote a table: of the run that made what is there.",
  columns: {
    instance: { type: "VARCHAR", about: "its name, such as train[source=eng,seed=42]" },
    stage: { type: "VARCHAR", about: "the stage's name" },
    axes: { type: "VARCHAR", about: "its axes as JSON: (axes->>'source') = 'eng' asks for one" },
    seconds: {
      type: "DOUBLE",
      about:
        "from its start to its end, with reading and writing; of a training that went on from a " +
        "checkpoint, the last part alone",
    },
    cores: { type: "INTEGER", about: "cores that it could use" },
    device: { type: "VARCHAR", about: "cpu, webgpu or cuda" },
  },
  key: ["instance"],
});

/** A row of {@linkcode runsTable}. */
export type RunRow = RowOf<typeof runsTable>;
