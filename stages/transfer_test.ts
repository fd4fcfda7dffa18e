import { strict as assert } from "node:assert";
import { join } from "node:path";
import { CounterRandom } from "../lib/core/random.ts";
import { runStage } from "../lib/plan/testdata/run_stage.ts";
import { readTable, writeTable } from "../lib/table/duckdb.ts";
import { scoresTable } from "../lib/table/schemas/scores.ts";
import { transferTable } from "../lib/table/schemas/transfer.ts";
import { transfer } from "./transfer.ts";

const languages = ["amh", "deu"];
const seeds = [1, 42, 43, 4_294_967_295];
const counts = { support: 1, predicted: 1, correct: 1, lostWords: 0 };

Deno.test("the order of seeds changes no byte of the table, and that of targets only its rows", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const random = new CounterRandom("evaluations in any order");
    const place = (source: string, seed: number, target: string) =>
      join(folder, `${source}-${seed}-${target}.parquet`);
    for (const source of languages) {
      for (const target of languages) {
        for (const seed of seeds) {
          const score = { precision: 1, recall: 1, f1: 100 * random.uniform(), ...counts };
          const trial = { model: "encoder", source, target, seed };
          await writeTable(scoresTable, place(source, seed, target), [
            { ...trial, mode: "default", type: "micro", ...score },
          ]);
        }
      }
    }
    const run = async (seeds: readonly number[], targets: readonly string[]) => {
      // The plan's order: the last axis is the fastest.
      const scores = languages.flatMap((source) =>
        seeds.flatMap((seed) =>
          targets.map((target) => ({
            instance: `evaluate[source=${source},seed=${seed},target=${target}]`,
            files: { "scores.parquet": place(source, seed, target) },
          }))
        )
      );
      await runStage(transfer, folder, {}, { scores });
      const path = join(folder, "transfer.parquet");
      return { bytes: await Deno.readFile(path), rows: await readTable(transferTable, path) };
    };
    const expected = await run(seeds, languages);
    assert.equal(expected.rows.length, 4);
    for (let round = 0; round < 3; round++) {
      const { bytes } = await run(random.shuffle(seeds), languages);
      assert.deepEqual(bytes, expected.bytes);
      const { rows } = await run(random.shuffle(seeds), random.shuffle(languages));
      const named = (row: { source: string; target: string }) => `${row.source} ${row.target}`;
      assert.deepEqual(
        new Map(rows.map((row) => [named(row), row])),
        new Map(expected.rows.map((row) => [named(row), row])),
      );
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
