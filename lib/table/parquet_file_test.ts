import { strict as assert } from "node:assert";
import { writeTable } from "./parquet_tables.ts";
import { isParquet } from "./parquet_file.ts";
import { defineTable } from "./schema.ts";

Deno.test("a Parquet file is told from a text, from one that is cut short and from an empty one", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/table.parquet`;
  const columns = { line: { type: "VARCHAR", about: "a line" } } as const;
  const lines = defineTable({ name: "lines", about: "lines", columns, key: ["line"] });
  await writeTable(lines, path, [{ line: "one" }]);
  assert.equal(isParquet(path), true);
  await Deno.truncate(path, (await Deno.stat(path)).size - 1);
  assert.equal(isParquet(path), false);
  for (const text of ["", "PAR1", "a text of some length", "PAR1 a text"]) {
    await Deno.writeTextFile(path, text);
    assert.equal(isParquet(path), false, text);
  }
  await Deno.remove(folder, { recursive: true });
});
