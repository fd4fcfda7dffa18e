import { strict as assert } from "node:assert";
import { join } from "node:path";
import { UserError } from "../core/errors.ts";
import { readTable, writeTable } from "./parquet_tables.ts";
import { ReadOnlyTables } from "./read_only.ts";
import { defineTable } from "./schema.ts";

const scores = defineTable({
  name: "scores",
  about: "scores",
  columns: { source: { type: "VARCHAR", about: "" }, f1: { type: "DOUBLE", about: "" } },
  key: ["source"],
});

async function withScores(body: (tables: ReadOnlyTables, folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  await writeTable(scores, join(folder, "a.parquet"), [{ source: "deu", f1: 90 }]);
  await writeTable(scores, join(folder, "b[x=1].parquet"), [{ source: "swa", f1: 80 }]);
  await writeTable(scores, join(folder, "secret.parquet"), [{ source: "rus", f1: 1 }]);
  {
    using tables = await ReadOnlyTables.open({
      scores: {
        files: [join(folder, "a.parquet"), join(folder, "b[x=1].parquet")],
        columns: scores.columns,
      },
      empty: { files: [], columns: scores.columns },
    });
    await body(tables, folder);
  }
  await Deno.remove(folder, { recursive: true });
}

Deno.test("views answer SELECT, FROM, DESCRIBE and SUMMARIZE", async () => {
  await withScores(async (tables) => {
    assert.deepEqual(
      await tables.ask("SELECT source, avg(f1) f1 FROM scores GROUP BY ALL ORDER BY 1"),
      {
        columns: ["source", "f1"],
        rows: [["deu", 90], ["swa", 80]],
      },
    );
    assert.equal((await tables.ask("FROM scores")).rows.length, 2);
    assert.deepEqual(await tables.ask("describe SCORES;"), {
      columns: ["column_name", "column_type", "comment"],
      rows: Object.entries(scores.columns).map(([name, { type, about }]) => [name, type, about]),
    });
    assert.equal((await tables.ask("DESCRIBE FROM scores")).rows.length, 2);
    assert.equal((await tables.ask("SUMMARIZE scores")).rows.length, 2);
    assert.equal((await tables.ask("EXPLAIN FROM scores")).rows.length, 1);
  });
});

Deno.test("an answer that the next question ended is an error, not a part of it", async () => {
  await withScores(async (tables) => {
    const { batches } = await tables.stream("FROM range(100_000)");
    const first = batches[Symbol.asyncIterator]();
    await first.next();
    assert.deepEqual((await tables.ask("SELECT 1 AS one")).rows, [[1]]);
    await assert.rejects(first.next(), /the next was asked/);
    const both = await Promise.allSettled([tables.ask("FROM scores"), tables.ask("FROM scores")]);
    assert.ok(both.some(({ status }) => status === "rejected"));
  });
});

Deno.test("whatever writes, reads elsewhere or changes settings is refused", async () => {
  await withScores(async (tables, folder) => {
    const refused = [
      "DROP VIEW scores",
      "CREATE TABLE t AS FROM scores",
      "INSERT INTO scores VALUES ('x', 1)",
      "UPDATE scores SET f1 = 0",
      "DELETE FROM scores",
      `COPY scores TO '${join(folder, "out.parquet")}'`,
      `COPY scores TO '${join(folder, "a.parquet")}'`,
      `EXPLAIN ANALYZE COPY scores TO '${join(folder, "out.csv")}'`,
      "FROM scores; DROP VIEW scores",
      `FROM read_parquet('${join(folder, "secret.parquet")}')`,
      `FROM '${join(folder, "secret.parquet")}'`,
      `FROM read_parquet('${join(folder, "*.parquet")}')`,
      "FROM read_text('/etc/passwd')",
      "FROM glob('/etc/*')",
      "INSTALL httpfs",
      "LOAD httpfs",
      "ATTACH 'x.db'",
      "SET memory_limit = '1GB'",
      "PRAGMA enable_object_cache",
      "EXPORT DATABASE 'x'",
      "",
    ];
    for (const sql of refused) {
      await assert.rejects(tables.ask(sql), UserError, `not refused: ${sql}`);
    }
    const left = [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
    assert.deepEqual(left, ["a.parquet", "b[x=1].parquet", "secret.parquet"]);
    assert.equal((await tables.ask("FROM scores")).rows.length, 2);
  });
});

Deno.test("a folder that holds just a table's files is read in one go, and nothing beside it", async () => {
  const folder = await Deno.makeTempDir({ prefix: "[x]" });
  const files: string[] = [];
  for (let i = 0; i < 30; i++) {
    files.push(join(folder, `b[x=${i}].parquet`));
    await writeTable(scores, files[i], [{ source: "deu", f1: i }]);
  }
  {
    using tables = await ReadOnlyTables.open({ scores: { files, columns: scores.columns } });
    const sum = "SELECT count(*)::INTEGER n, sum(f1) s FROM scores";
    assert.deepEqual((await tables.ask(sum)).rows, [[30, 435]]);
    const view = "SELECT sql FROM duckdb_views() WHERE view_name = 'scores'";
    assert.match(String((await tables.ask(view)).rows), /\/\*\.parquet/);
    for (const path of ["/etc/passwd", join(folder, "..", "*"), `${folder}/*`]) {
      await assert.rejects(tables.ask(`FROM read_text('${path}')`), UserError, path);
    }
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a mistake in SQL names the tables there are", async () => {
  await withScores(async (tables) => {
    await assert.rejects(tables.ask("SELECT * FROM score"), /tables here: scores, empty/);
  });
});

Deno.test("a table without files answers, with its columns", async () => {
  await withScores(async (tables) => {
    assert.deepEqual(await tables.ask("FROM empty"), { columns: ["source", "f1"], rows: [] });
  });
});

Deno.test("an answer is exported to Parquet or CSV, and nothing else can be read on the way", async () => {
  await withScores(async (tables, folder) => {
    const out = join(folder, "out.parquet");
    await tables.export("SELECT source, f1 FROM scores ORDER BY f1;", out);
    assert.deepEqual(await readTable(scores, out), [
      { source: "swa", f1: 80 },
      { source: "deu", f1: 90 },
    ]);
    await tables.export("DESCRIBE scores", join(folder, "out.csv"));
    assert.match(await Deno.readTextFile(join(folder, "out.csv")), /^column_name,/);
    const secret = `FROM '${join(folder, "secret.parquet")}'`;
    await assert.rejects(tables.export(secret, join(folder, "leak.csv")), UserError);
    await assert.rejects(tables.export("FROM scores", join(folder, "x.txt")), /\.parquet or \.csv/);
    await assert.rejects(Deno.stat(join(folder, "leak.csv")), Deno.errors.NotFound);
  });
});

Deno.test("an empty question is refused", async () => {
  await withScores(async (tables) => {
    await assert.rejects(tables.ask(" \n"), /^UserError: Cannot answer: nothing is asked\n/);
  });
});

Deno.test("a file that is no Parquet table is named", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, "scores.parquet");
    await Deno.writeTextFile(file, "no table, but long enough to be looked at");
    await assert.rejects(
      ReadOnlyTables.open({ scores: { files: [file], columns: scores.columns } }),
      (error) =>
        error instanceof UserError && error.message.includes(file) &&
        /^Cannot read the table "scores": .*\n {2}find out/.test(error.message),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
