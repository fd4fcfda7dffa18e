import { strict as assert } from "node:assert";
import { join } from "node:path";
import { catalogSql } from "./catalog_sql.ts";
import { Database } from "./duckdb.ts";
import { macroStatements } from "./macros.ts";
import { writeTable } from "./parquet_tables.ts";
import { ReadOnlyTables } from "./read_only.ts";
import type { Views } from "./views.ts";
import { type ScoreRow, scoresTable } from "./schemas/scores.ts";
import { transferTable } from "./schemas/transfer.ts";

const score = (language: string, value: number): ScoreRow => ({
  model: "encoder",
  corpus: "sample",
  language,
  split: "test",
  epoch: null,
  metric: "f1",
  of: "micro",
  value,
  support: 10,
});
const pair = (source: string, target: string, mean: number, gap: number) => ({
  ...{ model: "encoder", source, target, metric: "f1", of: "micro", seeds: 2, mean, std: 1, gap },
});

/** Views over scores of two sources, and over what their transfer is. */
async function views(folder: string): Promise<Views> {
  const axes = [{ source: "eng", seed: 1 }, { source: "eng", seed: 2 }, { source: "swa", seed: 1 }];
  const files = axes.map(({ source, seed }) => join(folder, `${source}_${seed}.parquet`));
  await writeTable(scoresTable, files[0], [score("eng", 80), score("swa", 40)]);
  await writeTable(scoresTable, files[1], [score("eng", 82), score("swa", 41.5)]);
  await writeTable(scoresTable, files[2], [score("eng", 30), score("swa", 70)]);
  const transfer = join(folder, "transfer.parquet");
  await writeTable(transferTable, transfer, [
    pair("eng", "eng", 81, 0),
    pair("eng", "swa", 40.75, -29.25),
    pair("swa", "eng", 30, -51),
  ]);
  return {
    scores: { files, axes, columns: scoresTable.columns },
    transfer: { files: [transfer], columns: transferTable.columns },
  };
}

/** Questions with macros, and their answers. */
const answers: readonly (readonly [sql: string, rows: readonly (readonly unknown[])[]])[] = [
  ["SELECT mean_std(value) FROM scores WHERE source = 'eng' AND language = 'eng'", [[
    "81.0 ± 1.4",
  ]]],
  ["SELECT mean_std(value, digits := 2) FROM scores WHERE seed = 2 AND language = 'eng'", [
    ["82.00"],
  ]],
  ["SELECT mean_std(value) FROM scores WHERE false", [[null]]],
  ["SELECT with_interval(71.42, 68, 74.25)", [["71.4 [68.0, 74.2]"]]],
  ["SELECT with_interval(NULL, 68, 74)", [[null]]],
  ["SELECT significant(p) FROM (VALUES (0.0009), (0.001), (0.01), (0.05), (NULL)) t(p)", [
    ["***"],
    ["**"],
    ["*"],
    [""],
    [""],
  ]],
  ["SELECT target, own, gap FROM transfer_gap('eng')", [["swa", 70, -29.25]]],
  ["FROM pivot_scores('f1') WHERE source = 'swa'", [
    ["encoder", "swa", "eng", "30.0"],
    ["encoder", "swa", "swa", "70.0"],
  ]],
  ["PIVOT (FROM pivot_scores('f1')) ON target USING first(score) GROUP BY source ORDER BY source", [
    ["eng", "81.0 ± 1.4", "40.8 ± 1.1"],
    ["swa", "30.0", "70.0"],
  ]],
  ["FROM pivot_scores('f1', average := 'macro')", []],
];

Deno.test("macros answer what people ask, in sql and in a client that has the script", async () => {
  const folder = await Deno.makeTempDir();
  const given = await views(folder);
  using tables = await ReadOnlyTables.open(given, {}, macroStatements(given));
  using client = await Database.open();
  await client.run(catalogSql(given));
  for (const [sql, rows] of answers) {
    assert.deepEqual((await tables.ask(sql)).rows, rows, sql);
    assert.deepEqual((await client.query(sql)).rows, rows, sql);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("macros over tables or axes that are not there are not made", async () => {
  const scores = { files: [], columns: scoresTable.columns };
  const statements = macroStatements({ scores });
  assert.equal(statements.length, 3);
  using tables = await ReadOnlyTables.open({ scores }, {}, statements);
  assert.deepEqual((await tables.ask("SELECT significant(0.02)")).rows, [["*"]]);
  await assert.rejects(tables.ask("FROM transfer_gap('eng')"), /transfer_gap/);
});
