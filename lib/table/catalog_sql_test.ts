import { strict as assert } from "node:assert";
import { join } from "node:path";
import { catalogSql, resultsCatalogSql } from "./catalog_sql.ts";
import { Database } from "./duckdb.ts";
import { writeTable } from "./parquet_tables.ts";
import type { Column, TableSchema } from "./schema.ts";
import { transferTable } from "./schemas/transfer.ts";
import type { Views } from "./views.ts";

const lines = {
  name: "lines",
  about: "lines",
  columns: { line: { type: "VARCHAR", about: "a line" } },
  key: ["line"],
} as const satisfies TableSchema;

Deno.test("a client of DuckDB has the same views by the script, with axes, comments and empty tables", async () => {
  const folder = await Deno.makeTempDir({ prefix: "it's [a] folder " });
  try {
    const files = [1, 2].map((i) => join(folder, `transfer[h=${i}].parquet`));
    for (const [i, file] of files.entries()) {
      await writeTable(transferTable, file, [{
        model: "encoder",
        source: "eng",
        target: "swa",
        metric: "f1",
        of: "micro",
        seeds: 1,
        mean: 50 + i,
        std: null,
        gap: null,
      }]);
    }
    const columns: Record<string, Column> = { id: { type: "VARCHAR", about: "it's a name" } };
    const script = catalogSql({
      transfer: { files, columns: transferTable.columns, axes: [{ h: 1 }, { h: 8 }] },
      claims: { files: [], columns },
    });
    using client = await Database.open();
    await client.run(script);
    await client.run(script); // a second time, too
    assert.deepEqual((await client.query("SELECT h, mean FROM transfer ORDER BY h")).rows, [
      [1, 50],
      [8, 51],
    ]);
    assert.deepEqual((await client.query("FROM claims")).columns, ["id"]);
    const { rows } = await client.query(
      "SELECT table_name, comment FROM duckdb_columns() WHERE column_name IN ('id', 'gap') ORDER BY 1",
    );
    assert.deepEqual(rows, [["claims", "it's a name"], [
      "transfer",
      transferTable.columns.gap.about,
    ]]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the script of many results has a schema for each, and one that needs no name", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const places = new Map<string, Views>();
    for (const [i, place] of ["one/cpu", `two/cpu+name="it's"`].entries()) {
      const file = join(folder, `${i}.parquet`);
      await writeTable(lines, file, [{ line: place }]);
      places.set(place, { lines: { files: [file], columns: lines.columns } });
    }
    using client = await Database.open();
    await client.run(resultsCatalogSql(places, "one/cpu"));
    await client.run(resultsCatalogSql(places, `two/cpu+name="it's"`));
    assert.deepEqual((await client.query("FROM lines")).rows, [[`two/cpu+name="it's"`]]);
    assert.deepEqual((await client.query('FROM "one/cpu".lines')).rows, [["one/cpu"]]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
