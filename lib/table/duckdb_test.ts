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

Deno.test("an error behind the first rows is an error, not the end", async () => {
  using database = await Database.open({ threads: "2" });
  const late: [sql: string, reason: RegExp][] = [
    ["SELECT if(i = 1_000_000, error('late'), i) FROM range(2_000_000) t(i)", /late/],
    ["SELECT if(i = 1_500_000, 'x', i::VARCHAR)::INTEGER FROM range(2_000_000) t(i)", /convert/],
    ["SELECT if(i = 1_999_999, error('last'), i) FROM range(2_000_000) t(i)", /last/],
  ];
  for (const [sql, reason] of late) {
    let rows = 0;
    const take = async () => {
      for await (const some of await database.stream(sql)) rows += some.length;
    };
    await assert.rejects(take, reason);
    assert.ok(rows > 0 && rows < 2_000_000);
    await assert.rejects(database.query(sql), reason);
    assert.deepEqual((await database.query("SELECT 1")).rows, [[1]]);
  }
  const stream = await database.stream("FROM range(2_000_000)");
  let rows = 0;
  for await (const some of stream) rows += some.length;
  assert.equal(rows, 2_000_000);
});

Deno.test("a Parquet file with damage behind its first rows is refused", async () => {
  const path = await Deno.makeTempFile({ suffix: ".parquet" });
  const rows = Array.from({ length: 400_000 }, (_, id) => ({ id, name: `${id * 7919 % 1e6}` }));
  const numbered = defineTable({
    name: "numbered",
    about: "",
    columns: { id: { type: "INTEGER", about: "" }, name: { type: "VARCHAR", about: "" } },
    key: ["id"],
  });
  await writeTable(numbered, path, rows);
  const bytes = await Deno.readFile(path);
  const start = Math.floor(bytes.length * 0.8);
  for (let i = start; i < start + 3000; i++) bytes[i] ^= 0xff;
  await Deno.writeFile(path, bytes);
  await assert.rejects(readTable(numbered, path), /Cannot read the Parquet file/);
  await assert.rejects(queryParquet(path, "FROM input"), /Cannot read the Parquet file/);
  await Deno.remove(path);
});

Deno.test("an answer that is left does not stand in the way of the next", async () => {
  using database = await Database.open();
  for (let i = 0; i < 3; i++) {
    for await (const rows of await database.stream("FROM range(10_000_000)")) {
      assert.deepEqual(rows[0], [0]);
      break;
    }
    const stream = await database.stream("SELECT 1");
    await assert.rejects(database.stream("SELECT nothing"), /nothing/);
    assert.deepEqual((await database.query("SELECT 2")).rows, [[2]]);
    assert.deepEqual(stream.columns, ["1"]);
  }
  await assert.rejects(database.stream("CREATE TABLE t (a INTEGER)"), /read-only/);
});
