import { strict as assert } from "node:assert";
import { join } from "node:path";
import { UserError } from "../core/errors.ts";
import { writeTable } from "./parquet_tables.ts";
import { ReadOnlyTables } from "./read_only.ts";
import { defineTable } from "./schema.ts";

const scores = defineTable({
  name: "scores",
  about: "scores",
  columns: {
    source: { type: "VARCHAR", about: "" },
    target: { type: "VARCHAR", about: "" },
    f1: { type: "DOUBLE", about: "" },
  },
  key: ["source", "target"],
});

const rows = [["eng", "eng", 90], ["eng", "swa", 50], ["swa", "swa", 80]] as const;

async function withScores(
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

/** What people ask, and what comes; undefined where only that it comes matters. */
const answered: readonly (readonly [sql: string, rows: unknown])[] = [
  ["SELECT 1", [[1]]],
  ["SELECT 1 -- one", [[1]]],
  ["SELECT 1;", [[1]]],
  ["SELECT 1;;", [[1]]],
  ["SELECT 1; -- one", [[1]]],
  ["SELECT 1; /* one; */ ;\n", [[1]]],
  [";SELECT 1", [[1]]],
  ["-- first\nSELECT 1 -- last\n-- of all", [[1]]],
  ["/* first */ SELECT 1", [[1]]],
  ["SELECT ';' -- ;", [[";"]]],
  ["SELECT ';'';' AS \";\";", [[";';"]]],
  ["SELECT '-- no comment'", [["-- no comment"]]],
  ["SELECT $$;it's$$", [[";it's"]]],
  ["SELECT E'a\\'b;'", [["a'b;"]]],
  ["(SELECT 1)", [[1]]],
  ["VALUES (1), (2)", [[1], [2]]],
  ["FROM scores", rows],
  ["TABLE scores", rows],
  ["FROM scores SELECT f1 WHERE source = 'swa'", [[80]]],
  ["SELECT source, avg(f1) AS f1 FROM scores GROUP BY ALL ORDER BY f1", [["eng", 70], ["swa", 80]]],
  ["WITH s AS (FROM scores) SELECT count(*) FROM s", [[3]]],
  ["WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) FROM n", [
    [1],
    [2],
    [3],
  ]],
  ["SELECT f1, rank() OVER (ORDER BY f1 DESC) FROM scores ORDER BY f1", [[50, 3], [80, 2], [
    90,
    1,
  ]]],
  ["FROM scores QUALIFY row_number() OVER (PARTITION BY source ORDER BY f1 DESC) = 1 ORDER BY f1", [
    ["swa", "swa", 80],
    ["eng", "eng", 90],
  ]],
  ["SELECT source FROM scores UNION SELECT target FROM scores ORDER BY 1", [["eng"], ["swa"]]],
  ["SELECT a.f1 FROM scores a JOIN scores b USING (source, target) ORDER BY 1", [[50], [80], [90]]],
  ["SELECT list(f1 ORDER BY f1) FROM scores", [[[50, 80, 90]]]],
  ["SELECT list_transform([1, 2], lambda x: x + 1)", [[[2, 3]]]],
  ["SELECT unnest([1, 2])", [[1], [2]]],
  ["FROM range(2)", [[0], [1]]],
  ["SELECT median(f1), stddev(f1) > 0 FROM scores", [[80, true]]],
  ["SELECT * EXCLUDE (f1) FROM scores LIMIT 1", [["eng", "eng"]]],
  ["SELECT COLUMNS('f.*') FROM scores WHERE f1 > 85", [[90]]],
  ["PIVOT scores ON target USING avg(f1) GROUP BY source ORDER BY source", [
    ["eng", 90, 50],
    ["swa", null, 80],
  ]],
  ["PIVOT scores ON target USING avg(f1) GROUP BY source ORDER BY source; -- all", [
    ["eng", 90, 50],
    ["swa", null, 80],
  ]],
  ["pivot scores on target using first(f1) group by source order by source;;", [
    ["eng", 90, 50],
    ["swa", null, 80],
  ]],
  ["PIVOT scores ON target IN ('swa') USING avg(f1) GROUP BY source ORDER BY source", [
    ["eng", 50],
    ["swa", 80],
  ]],
  ["PIVOT scores ON source, target USING count(*) ORDER BY f1", undefined],
  ["PIVOT scores ON source || ';' || target USING count(*) ORDER BY f1", undefined],
  ["PIVOT (FROM scores WHERE f1 > 60) ON target USING max(f1) GROUP BY source ORDER BY source", [
    ["eng", 90, null],
    ["swa", null, 80],
  ]],
  ["FROM (PIVOT scores ON target USING avg(f1) GROUP BY source) ORDER BY source", [
    ["eng", 90, 50],
    ["swa", null, 80],
  ]],
  [
    "WITH p AS (PIVOT scores ON target USING avg(f1) GROUP BY source) SELECT swa FROM p ORDER BY 1",
    [
      [50],
      [80],
    ],
  ],
  ["SELECT count(*) FROM (PIVOT scores ON target USING avg(f1) GROUP BY source)", [[2]]],
  ["FROM scores PIVOT (avg(f1) FOR target IN ('eng', 'swa') GROUP BY source) ORDER BY source", [
    ["eng", 90, 50],
    ["swa", null, 80],
  ]],
  ["UNPIVOT (SELECT 1 AS a, 2 AS b) ON a, b INTO NAME n VALUE v", [["a", 1], ["b", 2]]],
  ["UNPIVOT (SELECT 1 AS a, 2 AS b) ON COLUMNS(*)", [["a", 1], ["b", 2]]],
  ["DESCRIBE scores", undefined],
  ["DESCRIBE SELECT 1", undefined],
  ["DESCRIBE PIVOT scores ON target USING avg(f1)", undefined],
  ["SUMMARIZE scores", undefined],
  ["SUMMARIZE SELECT f1 FROM scores", undefined],
  ["SHOW TABLES", [["scores"]]],
  ["SHOW scores", undefined],
  ["SELECT table_name FROM information_schema.tables", [["scores"]]],
  ["SELECT view_name FROM duckdb_views() WHERE NOT internal", [["scores"]]],
  ["EXPLAIN SELECT 1", undefined],
  ["EXPLAIN ANALYZE FROM scores", undefined],
  ["EXPLAIN (FORMAT json) FROM scores;", undefined],
  ["explain (analyze, format json) from scores -- now", undefined],
  ["EXPLAIN (SELECT 1)", undefined],
  ["-- why\nEXPLAIN WITH s AS (FROM scores) FROM s", undefined],
  ["EXPLAIN PIVOT scores ON target USING avg(f1)", undefined],
];

/** What must not run; `<out>` is a path that is free, `<in>` one of a file that is no result. */
const refused: Readonly<Record<string, readonly string[]>> = {
  writes: [
    "DROP VIEW scores",
    "INSERT INTO scores VALUES ('x', 'x', 1)",
    "UPDATE scores SET f1 = 0",
    "DELETE FROM scores",
    "TRUNCATE scores",
    "ALTER VIEW scores RENAME TO s",
    "COPY scores TO '<out>'",
    "COPY scores TO '<scores>' (FORMAT csv, USE_TMP_FILE false)",
    "COPY (PIVOT scores ON target USING avg(f1)) TO '<out>'",
    "EXPORT DATABASE '<out>'",
    "EXPLAIN ANALYZE COPY scores TO '<out>'",
    "EXPLAIN ANALYZE COPY scores TO '<scores>' (FORMAT csv, USE_TMP_FILE false)",
    "EXPLAIN (ANALYZE) COPY scores TO '<out>'",
    "EXPLAIN ANALYZE COPY (PIVOT scores ON target USING avg(f1)) TO '<out>'",
    "/* a */ EXPLAIN /* b */ ANALYZE /* c */ COPY scores TO '<out>'",
    "EXPLAIN COPY scores TO '<out>'",
    "WITH s AS (SELECT 1) INSERT INTO scores FROM s",
    "FROM scores; COPY scores TO '<out>'",
    "PIVOT scores ON target USING avg(f1); COPY scores TO '<out>'",
    "PIVOT scores ON target USING avg(f1)) ; COPY scores TO '<out>'; FROM (SELECT 1",
    "SELECT 1) ; COPY scores TO '<out>'; FROM (SELECT 1",
    "MERGE INTO scores USING scores s ON true WHEN MATCHED THEN DELETE",
  ],
  "reads outside": [
    "FROM '<in>'",
    "FROM read_csv('<in>')",
    "FROM read_text('<in>')",
    "FROM read_blob('<in>')",
    "FROM read_json_auto('<in>')",
    "FROM read_parquet('<in>')",
    "FROM parquet_scan('<in>')",
    "FROM parquet_metadata('<in>')",
    "FROM parquet_scan('<scores>')",
    "FROM sniff_csv('<in>')",
    "FROM glob('/etc/*')",
    "FROM GLOB('/etc/*')",
    "FROM system.main.read_text('<in>')",
    "FROM \"read_text\"('<in>')",
    "FROM read_text /* a */ ('<in>')",
    "SELECT (SELECT content FROM read_text('<in>'))",
    "FROM query('FROM read_text(''<in>'')')",
    "FROM query(if(current_setting('enable_external_access'), 'SELECT 1', 'SELECT 2'))",
    "FROM query_table('<in>')",
    "PIVOT (FROM read_text('<in>')) ON filename USING count(*)",
    "PIVOT '<in>' ON a USING count(*)",
    "DESCRIBE FROM read_text('<in>')",
    "SUMMARIZE '<in>'",
    "EXPLAIN ANALYZE FROM read_text('<in>')",
    "SELECT getenv('HOME')",
    "COPY scores FROM '<in>'",
    "IMPORT DATABASE '<in>'",
    "PRAGMA import_database('<in>')",
    "FROM which_secret('s3://x', 's3')",
  ],
  "load, attach, network": [
    "INSTALL httpfs",
    "LOAD httpfs",
    "FORCE INSTALL httpfs",
    "LOAD '<in>'",
    "ATTACH '<in>' AS x",
    "ATTACH ':memory:' AS x",
    "DETACH memory",
    "USE memory",
    "CREATE SECRET s (TYPE s3)",
    "FROM 'https://127.0.0.1:9/x.parquet'",
    "FROM 's3://127.0.0.1/x.csv'",
    "FROM read_csv('http://127.0.0.1:9/x')",
    "EXPLAIN ANALYZE ATTACH '<in>' AS x",
    "FROM read_duckdb('<in>')",
  ],
  define: [
    "CREATE TABLE t AS FROM scores",
    "CREATE TEMP TABLE t (a INTEGER)",
    "CREATE OR REPLACE VIEW scores AS SELECT 100.0 AS f1",
    "CREATE VIEW v AS PIVOT scores ON target USING avg(f1)",
    "CREATE MACRO f(x) AS x",
    "CREATE TYPE t AS ENUM ('a')",
    "CREATE TYPE t AS ENUM ('a'); SELECT 1",
    "CREATE SCHEMA s",
    "CREATE SEQUENCE s",
    "EXPLAIN ANALYZE CREATE OR REPLACE VIEW scores AS SELECT 100.0 AS f1",
    "EXPLAIN ANALYZE CREATE TABLE t AS PIVOT scores ON target USING avg(f1)",
    "EXPLAIN ANALYZE DROP VIEW scores",
    "EXPLAIN (ANALYZE, FORMAT json) DROP VIEW scores",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "COMMENT ON VIEW scores IS 'x'",
  ],
  "configure, profile": [
    "SET memory_limit = '1GB'",
    "RESET memory_limit",
    "SET lock_configuration = false",
    "SET VARIABLE x = 1",
    "PRAGMA enable_object_cache",
    "PRAGMA memory_limit = '1GB'",
    "PRAGMA enable_profiling",
    "PRAGMA profiling_output = '<out>'",
    "FROM enable_profiling()",
    "FROM enable_profiling(format = 'json', save_location = '<out>')",
    "CALL enable_profiling()",
    "FROM enable_logging(storage = 'file', storage_config = {'path': '<out>'})",
    "CALL enable_logging('QueryLog')",
    "SELECT count(*) FROM ENABLE_LOGGING()",
    "SELECT (SELECT count(*) FROM enable_logging())",
    "PIVOT (FROM enable_logging()) ON 1 USING count(*)",
    'PIVOT scores ON (SELECT count(*) FROM "enable_logging" ()) USING count(*)',
    "PIVOT scores ON target USING avg(f1) GROUP BY write_log('x')",
    "WITH p AS (PIVOT scores ON target USING avg(f1)) FROM p, query('SELECT 1')",
    "SELECT write_log('x')",
    "FROM disable_logging()",
    "FROM checkpoint()",
    "FROM force_checkpoint()",
    "CHECKPOINT",
    "VACUUM",
    "ANALYZE",
    "BEGIN",
    "COMMIT",
    "PRAGMA show_tables",
    "EXPLAIN ANALYZE SET memory_limit = '1GB'",
    "EXPLAIN ANALYZE CALL enable_logging()",
    "EXPLAIN PRAGMA enable_profiling",
    "FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
    "PRAGMA json_execute_serialized_sql('{}')",
  ],
  "nothing, or not SQL": [
    "",
    " \n",
    ";",
    "-- nothing",
    "/* nothing */",
    "SELEC 1",
    "SELECT 1 FROM",
    "SELECT 1; SELECT 2",
    "SELECT 'a",
    "SELECT 1\0; DROP VIEW scores",
    "EXPLAIN",
    "EXPLAIN ANALYZE",
    "EXPLAIN EXPLAIN SELECT 1",
    "SELECT * FROM nobody",
    "PIVOT scores ON target USING avg(f1)\u200b",
  ],
};

Deno.test("there are enough statements", () => {
  assert.ok(answered.length >= 60 && Object.values(refused).flat().length >= 110);
});

Deno.test("what people ask is answered, and exported with the same rows", async () => {
  await withScores(async (tables, folder) => {
    for (const [index, [sql, expected]] of answered.entries()) {
      const answer = await tables.ask(sql);
      if (expected) assert.deepEqual(answer.rows, expected, sql);
      assert.ok(answer.rows.length > 0, sql);
      const path = join(folder, `${index}.parquet`);
      if (/pivot|;|--/i.test(sql) && !/explain/i.test(sql)) {
        await tables.export(sql, path);
        using exported = await ReadOnlyTables.open({ e: { files: [path], columns: {} } });
        assert.deepEqual((await exported.ask("FROM e")).rows, answer.rows, sql);
      }
      await tables.export(sql, join(folder, `${index}.csv`));
      const lines = (await Deno.readTextFile(join(folder, `${index}.csv`))).trim().split("\n");
      if (!/explain/i.test(sql)) assert.equal(lines.length, answer.rows.length + 1, sql);
    }
  });
});

for (const [kind, statements] of Object.entries(refused)) {
  Deno.test(`refused whether printed or exported: ${kind}`, async () => {
    await withScores(async (tables, folder) => {
      const secret = join(folder, "secret.csv");
      await Deno.writeTextFile(secret, "a,b\nsecret,1\n");
      const digest = await Deno.readFile(join(folder, "scores.parquet"));
      const answer = async () => (await tables.ask("FROM scores")).rows;
      const settings = "SELECT list(value ORDER BY name) FROM duckdb_settings()";
      const before = (await tables.ask(settings)).rows;
      for (const statement of statements) {
        const sql = statement.replaceAll("<out>", join(folder, "out"))
          .replaceAll("<in>", secret).replaceAll("<scores>", join(folder, "scores.parquet"));
        await assert.rejects(tables.ask(sql), UserError, `answered: ${sql}`);
        for (const name of ["e.csv", "e.parquet"]) {
          const exported = tables.export(sql, join(folder, name));
          await assert.rejects(exported, UserError, `exported: ${sql}`);
        }
        const left = [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
        assert.deepEqual(left, ["scores.parquet", "secret.csv"], sql);
        assert.deepEqual(await answer(), rows, sql);
      }
      assert.deepEqual((await tables.ask(settings)).rows, before);
      assert.deepEqual(await Deno.readFile(join(folder, "scores.parquet")), digest);
    });
  });
}

Deno.test("what is refused is named", async () => {
  await withScores(async (tables) => {
    const messages: [sql: string, message: RegExp][] = [
      ["-- a\ndrop view scores", /^Cannot run a DROP statement: results are read-only$/m],
      [
        "EXPLAIN ANALYZE COPY scores TO 'x'",
        /^Cannot run a COPY statement: results are read-only$/m,
      ],
      ["FROM read_text('x')", /^Cannot call "read_text" here: results are read-only/m],
      ["SELECT 1; SELECT 2", /^Cannot run 2 statements at once: give one$/m],
      ["EXPLAIN", /^Cannot answer: nothing is asked$/m],
    ];
    for (const [sql, message] of messages) await assert.rejects(tables.ask(sql), { message });
  });
});
