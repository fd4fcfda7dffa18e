/**
 * A small table of results to ask.
 *
 * @module
 */
import { join } from "node:path";
import { writeTable } from "../parquet_tables.ts";
import { ReadOnlyTables } from "../read_only.ts";
import { defineTable } from "../schema.ts";

/** A small table. */
export const scores = defineTable({
  name: "scores",
  about: "scores",
  columns: {
    source: { type: "VARCHAR", about: "" },
    target: { type: "VARCHAR", about: "" },
    f1: { type: "DOUBLE", about: "" },
  },
  key: ["source", "target"],
});

/** Its rows. */
export const rows = [["eng", "eng", 90], ["eng", "swa", 50], ["swa", "swa", 80]] as const;

/** Gives the table for a while, read-only, and the folder in which `scores.parquet` alone lies. */
export async function withScores(
  body: (tables: ReadOnlyTables, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "scores.parquet");
    await writeTable(scores, path, rows.map(([source, target, f1]) => ({ source, target, f1 })));
    using tables = await ReadOnlyTables.open({
      scores: { files: [path], columns: scores.columns },
    });
    await body(tables, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
