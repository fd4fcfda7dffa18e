import { strict as assert } from "node:assert";
import { join } from "node:path";
import type { FileAxes } from "./axis_columns.ts";
import { writeTable } from "./duckdb.ts";
import { ReadOnlyTables } from "./read_only.ts";
import { defineTable } from "./schema.ts";

const scores = defineTable({
  name: "scores",
  about: "scores",
  columns: { language: { type: "VARCHAR", about: "" }, value: { type: "DOUBLE", about: "" } },
  key: ["language"],
});

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A view over one file for each name, whose value is its place; the names are the axis `source`. */
async function viewOf(folder: string, names: readonly string[]) {
  const files = names.map((name) => join(folder, `${name}.parquet`));
  for (const [value, file] of files.entries()) {
    await writeTable(scores, file, [{ language: "x", value }, { language: "y", value }]);
  }
  return { files, columns: scores.columns, axes: names.map((source) => ({ source, seed: 7 })) };
}

const names = [
  "b",
  "a",
  "Z",
  "ä",
  "é",
  "z",
  "日",
  "😀",
  "\uffee",
  "_",
  "a b",
  "a[1]",
  "a=1",
  "10",
  "9",
];

for (const [what, extra] of [["a whole folder", 0], ["some files of a folder", 1]] as const) {
  Deno.test(`each row has the axes of its file, whatever the names: ${what}`, () =>
    inFolder(async (folder) => {
      const view = await viewOf(folder, names);
      if (extra) await viewOf(folder, ["other"]);
      using tables = await ReadOnlyTables.open({ scores: view });
      const { columns, rows } = await tables.ask("SELECT * FROM scores ORDER BY value, language");
      assert.deepEqual(columns, ["source", "seed", "language", "value"]);
      assert.deepEqual(
        rows,
        names.flatMap((name, i) => [[name, 7, "x", i], [name, 7, "y", i]]),
      );
      const found = await tables.ask("SELECT value FROM scores WHERE source = '日' AND seed = 7");
      assert.deepEqual(found.rows, [[6], [6]]);
    }));
}

Deno.test("axes that a table has as columns, and that a stage lacks", () =>
  inFolder(async (folder) => {
    const view = await viewOf(folder, ["a", "b", "c"]);
    const axes: FileAxes[] = [
      { Language: "zz", seed: 1, flag: true, "it's": "o'k" },
      { seed: "2x", constructor: "c" },
      {},
    ];
    using tables = await ReadOnlyTables.open({ scores: { ...view, axes } });
    const { columns, rows } = await tables.ask("FROM scores WHERE language = 'x' ORDER BY value");
    assert.deepEqual(columns, ["seed", "flag", "it's", "constructor", "language", "value"]);
    assert.deepEqual(rows, [
      ["1", "true", "o'k", null, "x", 0],
      ["2x", null, null, "c", "x", 1],
      [null, null, null, null, "x", 2],
    ]);
  }));
