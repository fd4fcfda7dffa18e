import { strict as assert } from "node:assert";
import { join } from "node:path";
import { UserError } from "../lib/core/errors.ts";
import { CounterRandom } from "../lib/core/random.ts";
import { runStage } from "../lib/plan/testdata/run_stage.ts";
import { readTable, writeTable } from "../lib/table/parquet_tables.ts";
import { type ScoreRow, scoresTable } from "../lib/table/schemas/scores.ts";
import { transferTable } from "../lib/table/schemas/transfer.ts";
import { transfer } from "./transfer.ts";

const languages = ["amh", "deu"];
const seeds = [1, 42, 4_294_967_295, "last"];
const score = { model: "encoder", split: "test", epoch: null, metric: "f1", of: "micro" };

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

type Axes = Readonly<Record<string, string | number>>;

/** An evaluation with these axes whose scores are in a file. */
function evaluation(folder: string, axes: Axes) {
  const name = Object.entries(axes).map(([axis, value]) => `${axis}=${value}`).join(",");
  return {
    instance: `evaluate[${name}]`,
    axes,
    files: { "scores.parquet": join(folder, `${name}.parquet`) },
  };
}

Deno.test("the order of seeds changes no byte of the table, and that of targets only its rows", () =>
  inFolder(async (folder) => {
    const random = new CounterRandom("evaluations in any order");
    for (const source of languages) {
      for (const language of languages) {
        for (const seed of seeds) {
          const { files } = evaluation(folder, { source, seed, target: language });
          const value = 100 * random.uniform();
          await writeTable(scoresTable, files["scores.parquet"], [
            { ...score, corpus: "c", language, value, support: 1 },
          ]);
        }
      }
    }
    const run = async (seeds: readonly (string | number)[], targets: readonly string[]) => {
      // The plan's order: the last axis is the fastest.
      const scores = languages.flatMap((source) =>
        seeds.flatMap((seed) =>
          targets.map((target) => evaluation(folder, { source, seed, target }))
        )
      );
      await runStage(transfer, folder, {}, { scores });
      const path = join(folder, "transfer.parquet");
      return { bytes: await Deno.readFile(path), rows: await readTable(transferTable, path) };
    };
    const expected = await run(seeds, languages);
    assert.deepEqual(expected.rows.map(({ seeds }) => seeds), [4, 4, 4, 4]);
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
  }));

Deno.test("scores that only another axis or corpus tells apart are no seeds", () =>
  inFolder(async (folder) => {
    const write = async (axes: Axes, ...corpora: string[]) => {
      const one = evaluation(folder, axes);
      const rows = corpora.map((corpus): ScoreRow => ({
        ...score,
        corpus,
        language: "swa",
        value: 50,
        support: 1,
      }));
      await writeTable(scoresTable, one.files["scores.parquet"], rows);
      return one;
    };
    const small = await write({ source: "swa", seed: 1, size: "small" }, "a");
    const large = await write({ source: "swa", seed: 1, size: "large" }, "a");
    const both = await write({ source: "deu" }, "a", "b");
    for (
      const [scores, message] of [
        [
          [small, large],
          "Cannot tell a score of evaluate[source=swa,seed=1,size=large] from one of " +
          "evaluate[source=swa,seed=1,size=small]: both are of encoder from swa on swa, seed 1",
        ],
        [
          [both],
          "Cannot tell a score of evaluate[source=deu] from one of evaluate[source=deu]: both " +
          "are of encoder from deu on swa",
        ],
      ] as const
    ) {
      await assert.rejects(
        runStage(transfer, folder, {}, { scores }),
        (error) => error instanceof UserError && error.problems[0].message === message,
      );
    }
    const { lines } = await runStage(transfer, folder, { seedAxis: "size" }, {
      scores: [small, large],
    });
    assert.deepEqual(lines, ["1 pairs"]);
  }));
