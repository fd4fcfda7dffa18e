import { strict as assert } from "node:assert";
import { join } from "node:path";
import { UserError } from "../core/errors.ts";
import { type Cell, Database } from "./duckdb.ts";
import { queryParquet, readTable, writeTable } from "./parquet_tables.ts";
import { defineTable } from "./schema.ts";

const mixed = defineTable({
  name: "mixed",
  about: "one column of each type",
  columns: {
    id: { type: "INTEGER", about: "row" },
    name: { type: "VARCHAR", about: "text" },
    score: { type: "DOUBLE", about: "number", nullable: true },
    ok: { type: "BOOLEAN", about: "flag" },
    words: { type: "VARCHAR[]", about: "texts" },
    ids: { type: "INTEGER[]", about: "numbers" },
  },
  key: ["id"],
});

function rowsOf(count: number) {
  return Array.from({ length: count }, (_, id) => ({
    id,
    name: `náïve "${id}" አማርኛ`,
    score: id % 3 === 0 ? null : id / 7,
    ok: id % 2 === 0,
    words: Array.from({ length: id % 4 }, (_, i) => `w${i}`),
    ids: [id, 1 - id],
  }));
}

Deno.test("a table survives Parquet, and equal rows give equal bytes", async () => {
  const folder = await Deno.makeTempDir();
  const rows = rowsOf(5000);
  await writeTable(mixed, join(folder, "a.parquet"), rows);
  await writeTable(mixed, join(folder, "b.parquet"), rows);
  assert.deepEqual(await readTable(mixed, join(folder, "a.parquet")), rows);
  assert.deepEqual(
    await Deno.readFile(join(folder, "a.parquet")),
    await Deno.readFile(join(folder, "b.parquet")),
  );
  const sums = await queryParquet(join(folder, "a.parquet"), "SELECT count(*) n FROM input");
  assert.deepEqual(sums, [{ n: 5000 }]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a table without rows keeps its columns", async () => {
  const path = await Deno.makeTempFile({ suffix: ".parquet" });
  await writeTable(mixed, path, []);
  assert.deepEqual(await readTable(mixed, path), []);
  using database = await Database.open();
  const { columns } = await database.query(`FROM read_parquet('${path}')`);
  assert.deepEqual(columns, ["id", "name", "score", "ok", "words", "ids"]);
  await Deno.remove(path);
});

Deno.test("a truncated Parquet file is named, with what to do", async () => {
  const path = await Deno.makeTempFile({ suffix: ".parquet" });
  await writeTable(mixed, path, rowsOf(100));
  const bytes = await Deno.readFile(path);
  await Deno.writeFile(path, bytes.slice(0, bytes.length / 2));
  await assert.rejects(
    readTable(mixed, path),
    (error) => error instanceof UserError && error.message.includes(path),
  );
  await Deno.remove(path);
});

Deno.test("a value that does not fit its column is refused", async () => {
  const path = await Deno.makeTempFile({ suffix: ".parquet" });
  const [row] = rowsOf(1);
  await assert.rejects(
    writeTable(mixed, path, [{ ...row, name: null as unknown as string }]),
    /Cannot write table "mixed"/,
  );
  await Deno.remove(path);
});

Deno.test("every type of SQL comes as a cell", async () => {
  using database = await Database.open();
  const cells: [sql: string, cell: Cell][] = [
    ["12", 12],
    ["9007199254740993", "9007199254740993"],
    ["1.25::DECIMAL(10, 2)", 1.25],
    ["1.10", 1.1],
    ["0.12345678901234567891", "0.12345678901234567891"],
    ["[1.5, 12345678901234567.89]", [1.5, "12345678901234567.89"]],
    ["[[1], NULL, []]", [[1], null, []]],
    ["[1, NULL]", [1, null]],
    ["[1, 2]::INTEGER[2]", [1, 2]],
    ["{'a': 1, 'b': [true]}", "{'a': 1, 'b': [true]}"],
    ["MAP {'a': 1}", "{'a': 1}"],
    ["DATE '2027-01-02'", "2027-01-02"],
    ["TIMESTAMP '2027-01-02 03:04:05'", "2027-01-02 03:04:05"],
    ["INTERVAL 90 MINUTE", "01:30:00"],
    ["NULL", null],
  ];
  for (const [sql, cell] of cells) {
    assert.deepEqual((await database.query(`SELECT ${sql}`)).rows, [[cell]], sql);
  }
});

Deno.test("a U+FEFF that a value begins with is kept, wherever the value is", async () => {
  const long = "\ufeff of more bytes than DuckDB keeps inline";
  const words = ["\ufeff", "\ufeffabc", long, "a\ufeff", "\ufeff\ufeff"];
  using database = await Database.open();
  for (const word of words) {
    const cells: [sql: string, cell: Cell][] = [
      [`'${word}'`, word],
      [`['${word}', '${word}']`, [word, word]],
      [`[['${word}']]`, [[word]]],
      [`{'a': '${word}'}`, `{'a': '${word}'}`],
      [`MAP {'${word}': 1}`, `{'${word}': 1}`],
      [`'${word}'::ENUM ('${word}')`, word],
      [`['${word}']::VARCHAR[1]`, [word]],
    ];
    for (const [sql, cell] of cells) {
      assert.deepEqual((await database.query(`SELECT ${sql}`)).rows, [[cell]], sql);
    }
  }
  const path = await Deno.makeTempFile({ suffix: ".parquet" });
  const rows = words.map((name, id) => ({ id, name, score: null, ok: true, words, ids: [] }));
  await writeTable(mixed, path, rows);
  assert.deepEqual(await readTable(mixed, path), rows);
  await Deno.remove(path);
});

Deno.test("columns of one name are told apart", async () => {
  using database = await Database.open();
  const names = async (sql: string) => (await database.query(sql)).columns;
  assert.deepEqual(await names("SELECT 1 AS a, 2 AS a, 3 AS a"), ["a", "a:1", "a:2"]);
  assert.deepEqual(await names('SELECT 1 AS "constructor", 2 AS "__proto__", 3 AS "__proto__"'), [
    "constructor",
    "__proto__",
    "__proto__:1",
  ]);
});
