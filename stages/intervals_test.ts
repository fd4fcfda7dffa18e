import { strict as assert } from "node:assert";
import { evaluated, inFolder } from "../lib/analysis/testdata/counted.ts";
import { Workshop } from "../lib/experiment/testdata/workshop.ts";
import { UserError } from "../lib/core/errors.ts";
import { CounterRandom } from "../lib/core/random.ts";
import { runStage } from "../lib/plan/testdata/run_stage.ts";
import { countTable } from "../lib/statistics/metric.ts";
import { assertClose, drawCorpus, toyA } from "../lib/statistics/testdata/toy_counts.ts";
import { queryParquet, readTable } from "../lib/table/parquet_tables.ts";
import { intervalsTable } from "../lib/table/schemas/intervals.ts";
import { scoresTable } from "../lib/table/schemas/scores.ts";
import type { CountsFile } from "../lib/analysis/evaluations.ts";
import { intervals } from "./intervals.ts";

async function rowsOf(
  folder: string,
  counts: readonly CountsFile[],
  params: Record<string, unknown> = {},
) {
  const { lines } = await runStage(intervals, folder, params, { counts });
  return { lines, rows: await readTable(intervalsTable, `${folder}/intervals.parquet`) };
}

const none = countTable(Array.from({ length: 30 }, () => [0, 0, 0]));

Deno.test("intervals: a system with seeds on its targets, and their mean", () =>
  inFolder(async (folder) => {
    const random = new CounterRandom("intervals");
    const [swa, hau] = [drawCorpus(random, 80, [.6, .7, .8]), drawCorpus(random, 60, [.5, .5, .6])];
    const counts = [];
    for (const seed of [0, 1, 2]) {
      counts.push(
        await evaluated(folder, { source: "eng", seed }, [
          { language: "swa", table: swa[seed] },
          { language: "hau", table: hau[seed] },
        ]),
      );
    }
    const { rows } = await rowsOf(folder, counts);
    assert.deepEqual(
      rows.map(({ language, over, seeds, seedsAre, sentences, method, axes }) => [
        language,
        over,
        seeds,
        seedsAre,
        sentences,
        method,
        axes,
      ]),
      [
        ["swa", "sentences", 3, null, 80, "expanded", '{"source":"eng"}'],
        ["hau", "sentences", 3, null, 60, "expanded", '{"source":"eng"}'],
        [null, "mean", 3, "crossed", 140, "expanded", '{"source":"eng"}'],
        [null, "iqm", 3, "crossed", 140, "percentile", '{"source":"eng"}'],
      ],
    );
    const [first, second, mean] = rows;
    assert.ok(Math.abs(mean.value! - (first.value! + second.value!) / 2) < 1e-9);
    for (const { low, value, high } of rows) assert.ok(low! < value! && value! < high!);
    // The order of evaluations changes no number.
    const reversed = await rowsOf(folder, counts.toReversed());
    assert.deepEqual(reversed.rows.find(({ over }) => over === "mean"), mean);
    const nested = await rowsOf(folder, counts, { seeds: "nested" });
    assert.equal(nested.rows[2].seedsAre, "nested");
    assert.equal(nested.rows[2].value, mean.value);
  }));

Deno.test("intervals: one seed has its sentences' interval, and no deviation", () =>
  inFolder(async (folder) => {
    const one = await evaluated(folder, { source: "eng", seed: 1 }, [
      { language: "swa", table: toyA },
    ]);
    const { rows: [row] } = await rowsOf(folder, [one], { resamples: 20_000 });
    assertClose(row.value!, 100 * 14 / 19, 1e-12);
    assert.deepEqual([row.std, row.seeds, row.method], [null, 1, "percentile"]);
    // All 46,656 resamples give 33.3 and 92.3; at the lower rank the next value, 36.4, is near.
    assert.ok(
      Math.abs(row.low! - 100 / 3) < 4 && Math.abs(row.high! - 1200 / 13) < 3,
      `${row.low} to ${row.high}`,
    );
    const { rows: [bca] } = await rowsOf(folder, [one], { method: "bca" });
    assert.equal(bca.method, "bca");
    const { rows: [precision] } = await rowsOf(folder, [one], { metric: "precision" });
    assertClose(precision.value!, 100 * 7 / 9, 1e-12);
    const { rows: [strict] } = await rowsOf(folder, [one], { metric: "strictF1" });
    assert.deepEqual([strict.value, strict.low, strict.high], [0, 0, 0]);
    const { rows: [macro] } = await rowsOf(folder, [one], { of: "macro" });
    assert.equal(macro.value, row.value);
  }));

Deno.test("intervals: a test set with nothing to find has no score, and no mean has it", () =>
  inFolder(async (folder) => {
    const [swa, hau] = drawCorpus(new CounterRandom("two"), 40, [.6, .7]);
    const both = await evaluated(folder, { seed: 1 }, [
      { language: "amh", table: none },
      { language: "swa", table: swa },
      { language: "hau", table: hau },
    ]);
    const { rows, lines } = await rowsOf(folder, [both]);
    const [amh] = rows;
    assert.deepEqual([amh.language, amh.value, amh.low, amh.high, amh.method], [
      "amh",
      null,
      null,
      null,
      "none",
    ]);
    const mean = rows.find(({ over }) => over === "mean")!;
    assert.equal(mean.targets, 2);
    assert.equal(mean.value, (rows[1].value! + rows[2].value!) / 2);
    assert.equal(lines[0], "amh: nothing is to be found in its test set; no mean has it");
  }));

const [short] = drawCorpus(new CounterRandom("short"), 30, [.6]);
const refused: [
  string,
  [Record<string, string | number>, string, typeof short][],
  object,
  RegExp,
][] = [
  [
    "test sets of different sentences",
    [[{ seed: 1 }, "swa", toyA], [{ seed: 2 }, "swa", short]],
    {},
    /^Cannot compare evaluate\[seed=2\] with evaluate\[seed=1\]: their test sets differ: of c, swa, test, evaluate\[seed=1\] has 6 sentences, evaluate\[seed=2\] 30$/,
  ],
  [
    "as many sentences with other right answers",
    [[{ seed: 1 }, "swa", none], [{ seed: 2 }, "swa", short]],
    {},
    /their test sets differ: of c, swa, test, sentence \d+ has 0 right answers in evaluate\[seed=1\], \d in evaluate\[seed=2\]$/,
  ],
  [
    "evaluations that nothing tells apart",
    [[{ seed: 1 }, "swa", short], [{ seed: 1 }, "swa", short]],
    {},
    /^Cannot tell an evaluation of evaluate\[seed=1\] from one of evaluate\[seed=1\]: both are of encoder on swa, seed 1$/,
  ],
  [
    "a metric that is made of other counts",
    [[{ seed: 1 }, "swa", short]],
    { metric: "accuracy" },
    /^Cannot compute accuracy of micro from evaluate\[seed=1\]: it has no counts of words or texts/,
  ],
  [
    "seeds that cannot be crossed",
    [[{ seed: 1 }, "swa", short], [{ seed: 2 }, "hau", short]],
    { seeds: "crossed" },
    /^Cannot cross the seeds of encoder with targets: swa has \[1\], hau \[2\]$/,
  ],
];
for (const [name, given, params, message] of refused) {
  Deno.test(`intervals refuse ${name}`, () =>
    inFolder(async (folder) => {
      const counts = [];
      for (const [axes, language, table] of given) {
        counts.push(await evaluated(folder, axes, [{ language, table }]));
      }
      await assert.rejects(
        rowsOf(folder, counts, params as Record<string, unknown>),
        (error) => error instanceof UserError && message.test(error.problems[0].message),
      );
    }));
}

Deno.test("intervals: an axis that says the target is no system of its own", () =>
  inFolder(async (folder) => {
    const tables = drawCorpus(new CounterRandom("own"), 50, [.6, .7]);
    const counts = [];
    for (const [i, source] of ["swa", "hau"].entries()) {
      counts.push(
        await evaluated(folder, { source, seed: 1 }, [{ language: source, table: tables[i] }]),
      );
    }
    const { rows } = await rowsOf(folder, counts);
    assert.deepEqual(rows.map(({ axes, targets }) => [axes, targets]), [
      ['{"source":"swa"}', 1],
      ['{"source":"hau"}', 1],
      ["{}", 2],
      ["{}", 2],
    ]);
  }));

Deno.test("intervals are of what the table of scores says, for every task", async () => {
  await using shop = await Workshop.open();
  const [swa, eng] = [await shop.tokens("swa"), await shop.tokens("eng")];
  const known = await shop.run("ner.memorize", {}, { train: [eng, swa], examples: [swa] });
  const { instance } = await shop.run("ner.evaluate", {}, { predictions: [known.instance] });
  const scores = await readTable(scoresTable, instance.files["scores.parquet"]);
  for (const metric of ["f1", "precision", "strictRecall"]) {
    for (const whose of ["micro", "macro", "PER"]) {
      const expected = scores.find((row) => row.metric === metric && row.of === whose)!;
      const { rows: [row] } = await rowsOf(shop.folder, [instance], {
        metric,
        of: whose,
        resamples: 100,
      });
      assert.ok(Math.abs((row.value ?? 0) - expected.value) < 1e-9, `${metric} of ${whose}`);
    }
  }
  const [{ sentences }] = await queryParquet(
    instance.files["counts.parquet"],
    "SELECT count(DISTINCT sentence) AS sentences FROM input",
  );
  const { rows: [row] } = await rowsOf(shop.folder, [instance]);
  assert.equal(row.sentences, sentences);
});
