import { strict as assert } from "node:assert";
import { join } from "node:path";
import { UserError } from "../core/errors.ts";
import { rows, withScores } from "./testdata/scores.ts";

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

Deno.test("there are enough statements to refuse", () => {
  assert.ok(Object.values(refused).flat().length >= 110);
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
