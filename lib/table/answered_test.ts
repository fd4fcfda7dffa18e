import { strict as assert } from "node:assert";
import { join } from "node:path";
import { ReadOnlyTables } from "./read_only.ts";
import { rows, withScores } from "./testdata/scores.ts";

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

Deno.test("there are enough statements to answer", () => {
  assert.ok(answered.length >= 60);
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
