/**
 * Measures questions and the report over many predictions: how long each takes, and how large the
 * page is.
 *
 * `deno task bench:report [ROWS]`, 10,000,000 where left out.
 *
 * @module
 */
import { join } from "node:path";
import { reportPage } from "../lib/report/page.ts";
import { pageLimits, Results } from "../lib/report/results.ts";
import { Database } from "../lib/table/duckdb.ts";
import { ReadOnlyTables } from "../lib/table/read_only.ts";
import type { View } from "../lib/table/views.ts";
import { predictionsTable } from "../lib/table/schemas/predictions.ts";
import { sqlString } from "../lib/table/sql_text.ts";

const systems = 4, seeds = 5;
const languages = 34, wordsPerSentence = 20;

/** Questions that people ask of predictions. */
const questions: Readonly<Record<string, string>> = {
  "rows": "SELECT count(*) FROM predictions",
  "accuracy by system and language":
    "SELECT system, language, avg((gold = predicted)::DOUBLE) FROM predictions GROUP BY ALL",
  "confusions": "SELECT gold, predicted, count(*) AS n FROM predictions " +
    "WHERE gold <> predicted GROUP BY ALL ORDER BY n DESC LIMIT 20",
  "words with most loss": 'SELECT "text", sum(loss) AS loss FROM predictions ' +
    "GROUP BY ALL ORDER BY loss DESC LIMIT 20",
  "one sentence": 'SELECT "text", gold, predicted FROM predictions ' +
    "WHERE system = 'h8' AND seed = 1 AND language = 'l3' AND sentence = 7 ORDER BY unit",
};

/** Predictions of every system and seed, drawn by DuckDB's hash. */
async function drawPredictions(folder: string, rows: number): Promise<View> {
  const names = ["plain", "h1", "h2", "h8"].slice(0, systems);
  const axes = names.flatMap((system) =>
    Array.from({ length: seeds }, (_, seed) => ({ system, seed: seed + 1 }))
  );
  const each = Math.ceil(rows / axes.length);
  const files: string[] = [];
  using database = await Database.open({ threads: "2" });
  for (const [i, { seed }] of axes.entries()) {
    const file = join(folder, `predictions-${i}.parquet`);
    const tags = "['O', 'O', 'O', 'O', 'O', 'B-PER', 'I-PER', 'B-LOC', 'B-ORG', 'I-ORG']";
    await database.run(`COPY (
      SELECT 'encoder' AS model, 'drawn' AS corpus, 'l' || (i % ${languages}) AS language,
        'test' AS split, (i // ${languages} // ${wordsPerSentence})::INTEGER AS sentence,
        (i // ${languages} % ${wordsPerSentence})::INTEGER AS unit,
        'w' || (sqrt(hash(i) % 100000000)::INTEGER) AS "text", ${tags}[(1 + hash(i + 1) % 10)::INTEGER] AS gold,
        CASE WHEN hash(i * 31 + ${i}) % 8 = 0 THEN ${tags}[(1 + hash(i + ${seed}) % 10)::INTEGER] ELSE gold END
          AS predicted,
        -ln((1 + hash(i * 17 + ${i}) % 1000) / 1001.0) AS loss, false AS lost
      FROM range(${each}) AS drawn(i)
    ) TO ${sqlString(file)} (FORMAT parquet, COMPRESSION zstd)`);
    files.push(file);
  }
  return { files, columns: predictionsTable.columns, axes };
}

async function timed<T>(what: string, act: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await act();
  console.log(`${what}: ${((performance.now() - start) / 1000).toFixed(2)} s`);
  return result;
}

if (import.meta.main) {
  const rows = Number(Deno.args[0] ?? 10_000_000);
  if (!Number.isSafeInteger(rows) || rows < 1000) {
    console.error("usage: deno task bench:report [ROWS], at least 1000");
    Deno.exit(2);
  }
  const folder = await Deno.makeTempDir({ prefix: "bench-report-" });
  try {
    const view = await timed(`${rows} rows written`, () => drawPredictions(folder, rows));
    const size = view.files.reduce((sum, file) => sum + Deno.statSync(file).size, 0);
    console.log(`Parquet: ${(size / 1e6).toFixed(0)} MB in ${view.files.length} files`);
    using tables = await timed(
      "opened",
      () => ReadOnlyTables.open({ predictions: view }, pageLimits),
    );
    for (const [what, sql] of Object.entries(questions)) await timed(what, () => tables.ask(sql));
    const page = await timed(
      "report",
      async () =>
        await reportPage(await Results.of(tables, ["predictions"]), {
          pipeline: "bench",
          profile: "drawn",
          params: [],
          work: [],
          made: [],
          corpora: [],
          digests: [],
          remade: [],
          commands: [`deno task bench:report ${rows}`],
        }),
    );
    console.log(`page: ${(new TextEncoder().encode(page).length / 1e6).toFixed(2)} MB`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
