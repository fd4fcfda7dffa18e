import { strict as assert } from "node:assert";
import type { CountsFile } from "../lib/analysis/evaluations.ts";
import { evaluated, inFolder } from "../lib/analysis/testdata/counted.ts";
import { UserError } from "../lib/core/errors.ts";
import { CounterRandom } from "../lib/core/random.ts";
import { runStage } from "../lib/plan/testdata/run_stage.ts";
import { countTable } from "../lib/statistics/metric.ts";
import { assertClose, drawCorpus, toyA, toyB } from "../lib/statistics/testdata/toy_counts.ts";
import { readTable } from "../lib/table/parquet_tables.ts";
import { comparisonsTable, powerTable } from "../lib/table/schemas/comparisons.ts";
import { comparison } from "./comparison.ts";
import { power } from "./power.ts";

async function compare(
  folder: string,
  a: readonly CountsFile[],
  b: readonly CountsFile[],
  params: Record<string, unknown> = {},
) {
  const { lines } = await runStage(comparison, folder, params, { a, b });
  return { lines, rows: await readTable(comparisonsTable, `${folder}/comparisons.parquet`) };
}

/** Evaluations of skills by seed on languages, paired by their gold. */
async function study(folder: string, skills: readonly (readonly number[])[], languages: string[]) {
  const sides: CountsFile[][] = skills.map(() => []);
  const tables = languages.map((language) =>
    drawCorpus(new CounterRandom("study", language), 300, skills.flat())
  );
  let at = 0;
  for (const [side, own] of skills.entries()) {
    for (const [seed] of own.entries()) {
      const counted = languages.map((language, i) => ({ language, table: tables[i][at] }));
      sides[side].push(await evaluated(folder, { head: `h${side}`, seed }, counted));
      at++;
    }
  }
  return sides;
}

Deno.test("comparison: the toy's exact randomization, one seed each", () =>
  inFolder(async (folder) => {
    const [a, b] = [
      await evaluated(folder, { head: "a", seed: 1 }, [{ language: "swa", table: toyA }]),
      await evaluated(folder, { head: "b", seed: 1 }, [{ language: "swa", table: toyB }]),
    ];
    const { rows: [row, ...others] } = await compare(folder, [a], [b]);
    assert.equal(others.length, 0);
    assertClose(row.difference!, 21.0526315789474, 1e-12);
    assert.equal(row.p, .34375);
    assert.deepEqual(
      [row.pSeeds, row.tests, row.holm, row.bh, row.verdict, row.axesA, row.axesB],
      [null, 1, .34375, .34375, "undecided", '{"head":"a"}', '{"head":"b"}'],
    );
    assert.deepEqual([row.epsilonMin, row.cohensD, row.superiority, row.wins], [
      null,
      null,
      1,
      null,
    ]);
  }));

Deno.test("comparison: seeds and targets, with corrections and the mean", () =>
  inFolder(async (folder) => {
    const languages = ["swa", "hau", "yor"];
    const [a, b] = await study(
      folder,
      [[.8, .82, .81, .79, .8], [.6, .62, .61, .59, .6]],
      languages,
    );
    const { rows, lines } = await compare(folder, a, b);
    assert.deepEqual(
      rows.map(({ language, seedsA, seedsB, tests, verdict, wins }) => [
        language,
        seedsA,
        seedsB,
        tests,
        verdict,
        wins,
      ]),
      [
        ...languages.map((language) => [language, 5, 5, 3, "better", null]),
        [null, 5, 5, 1, "better", 3],
      ],
    );
    for (const { p, pSeeds, holm, bh, low, high, difference, epsilonMin, cohensD } of rows) {
      assert.ok(Math.max(p!, pSeeds!) <= bh! && bh! <= holm! && holm! < .05);
      assert.ok(0 < low! && low! < difference! && difference! < high!);
      assert.ok(epsilonMin! < .2 && cohensD! > 2);
    }
    assertClose(rows[3].pSigns!, .25, 1e-12);
    assert.deepEqual([rows[3].pWilcoxon, rows[3].superiority], [.25, 1]);
    assert.equal(lines.at(-1), "4 better, 0 worse, 0 undecided");
    // The other way round, everything turns.
    const { rows: turned } = await compare(folder, b, a);
    assert.deepEqual(turned.map(({ verdict }) => verdict), Array(4).fill("worse"));
    turned.forEach((row, i) => assertClose(row.difference!, -rows[i].difference!, 1e-9));
    const again = await compare(folder, a.toReversed(), b);
    assert.deepEqual(again.rows, rows);
  }));

Deno.test("comparison: identical systems are never told apart", () =>
  inFolder(async (folder) => {
    const [a] = await study(folder, [[.7, .6, .65]], ["swa", "hau"]);
    const { rows } = await compare(folder, a, a.map((each) => ({ ...each })));
    for (const row of rows) {
      assert.deepEqual(
        [row.difference, row.p, row.holm, row.bh, row.verdict, row.cohensD, row.superiority],
        [0, 1, 1, 1, "undecided", 0, .5],
      );
      assert.ok(row.low! <= 0 && row.high! >= 0);
    }
    assert.deepEqual([rows[2].wins, rows[2].losses, rows[2].pSigns, rows[2].pWilcoxon], [
      0,
      0,
      1,
      1,
    ]);
  }));

Deno.test("comparison: nothing to find is undecided, counts in no correction and no mean", () =>
  inFolder(async (folder) => {
    const none = countTable(Array.from({ length: 20 }, () => [0, 0, 0]));
    const [x, y] = drawCorpus(new CounterRandom("pair"), 100, [.9, .3]);
    const side = (head: string, table: typeof x) =>
      evaluated(folder, { head, seed: 1 }, [
        { language: "amh", table: none },
        { language: "swa", table },
        { language: "hau", table },
      ]);
    const { rows, lines } = await compare(folder, [await side("a", x)], [await side("b", y)]);
    assert.deepEqual(
      rows.map(({ language, tests, verdict }) => [language, tests, verdict]),
      [["amh", 2, "undecided"], ["swa", 2, "better"], ["hau", 2, "better"], [null, 1, "better"]],
    );
    const [amh] = rows;
    assert.deepEqual(
      [amh.difference, amh.p, amh.holm, amh.low, amh.method, amh.superiority],
      [null, null, null, null, "none", null],
    );
    assert.equal(rows[3].targets, 2);
    assert.equal(lines[0], "amh: nothing is to be found in its test set; no mean has it");
  }));

Deno.test("comparison: a floor without seeds, and seeds that vary more than they differ", () =>
  inFolder(async (folder) => {
    const tables = drawCorpus(new CounterRandom("noisy"), 400, [.9, .5, .6]);
    const a = [
      await evaluated(folder, { source: "eng", seed: 1 }, [{ language: "swa", table: tables[0] }]),
      await evaluated(folder, { source: "eng", seed: 2 }, [{ language: "swa", table: tables[1] }]),
    ];
    const floor = await evaluated(folder, { source: "eng" }, [
      { model: "memorizer", language: "swa", table: tables[2] },
    ]);
    const { rows: [row] } = await compare(folder, a, [floor]);
    // These models differ, but other seeds may well not.
    assert.ok(
      row.p! < .01 && row.pSeeds! > .3 && row.holm === row.pSeeds,
      `${row.p} ${row.pSeeds}`,
    );
    assert.equal(row.verdict, "undecided");
    assert.deepEqual([row.seedsA, row.seedsB, row.modelB], [2, 1, "memorizer"]);
    assert.ok(row.low! < 0 && row.high! > 0);
  }));

Deno.test("comparison: several systems of A are each held against the one of B", () =>
  inFolder(async (folder) => {
    const tables = drawCorpus(new CounterRandom("many"), 100, [.9, .8, .5]);
    const of = (axes: Record<string, string | number>, i: number) =>
      evaluated(folder, axes, [{ language: "swa", table: tables[i] }]);
    const a = [
      await of({ head: "sliced", h: 1, seed: 1 }, 0),
      await of({ head: "sliced", h: 2, seed: 1 }, 1),
    ];
    const { rows } = await compare(folder, a, [await of({ head: "standard", seed: 1 }, 2)]);
    assert.deepEqual(rows.map(({ axesA, axesB, tests }) => [axesA, axesB, tests]), [
      ['{"h":1,"head":"sliced"}', '{"head":"standard"}', 2],
      ['{"h":2,"head":"sliced"}', '{"head":"standard"}', 2],
    ]);
  }));

Deno.test("comparison leaves aside what has no partner, where that is asked for", () =>
  inFolder(async (folder) => {
    const [x, y] = drawCorpus(new CounterRandom("left"), 60, [.6, .7]);
    const of = (axes: Record<string, string | number>, languages: string[], table = x) =>
      evaluated(folder, axes, languages.map((language) => ({ language, table })));
    const a = [await of({ target: "swa", seed: 1 }, ["swa", "eng"])];
    const b = [await of({ seed: 1 }, ["eng", "swa", "hau"], y)];
    const { rows, lines } = await compare(folder, a, b, { unpaired: "leave" });
    assert.deepEqual(rows.map(({ language, axesA }) => [language, axesA]), [
      ["swa", '{"target":"swa"}'],
      ["eng", '{"target":"swa"}'],
      [null, '{"target":"swa"}'],
    ]);
    assert.equal(lines[0], '1 of input "b" have no partner and are left aside');
    // Where nothing is paired, nothing is left to say.
    await assert.rejects(
      compare(folder, a, [await of({ seed: 1 }, ["hau"], y)], { unpaired: "leave" }),
      /has no evaluation of the same test set/,
    );
  }));

Deno.test("comparison refuses sides that are no pairs", () =>
  inFolder(async (folder) => {
    const [x, y] = drawCorpus(new CounterRandom("refuse"), 30, [.6, .7]);
    const of = (axes: Record<string, string | number>, language: string, table = x) =>
      evaluated(folder, axes, [{ language, table }]);
    const cases: [CountsFile[], CountsFile[], RegExp][] = [
      [
        [await of({ seed: 1 }, "swa"), await of({ seed: 1 }, "hau")],
        [await of({ seed: 2 }, "swa")],
        /^Cannot compare evaluate\[seed=1\] of input "a" on c, hau, test: input "b" has no evaluation of the same test set/,
      ],
      [
        [await of({ seed: 1 }, "swa", toyA)],
        [await of({ seed: 2 }, "swa", y)],
        /^Cannot compare evaluate\[seed=2\] with evaluate\[seed=1\]: their test sets differ/,
      ],
      [
        [await of({ source: "eng", seed: 1 }, "swa"), await of({ source: "deu", seed: 1 }, "swa")],
        [await of({ source: "eng", seed: 1 }, "swa"), await of({ source: "fra", seed: 1 }, "swa")],
        /^Cannot compare evaluate\[source=deu,seed=1\] of input "a"/,
      ],
    ];
    for (const [a, b, message] of cases) {
      await assert.rejects(
        compare(folder, a, b),
        (error) => error instanceof UserError && message.test(error.problems[0].message),
      );
    }
  }));

Deno.test("power: more sentences decide, and a single seed plans no others", () =>
  inFolder(async (folder) => {
    const [a, b] = await study(folder, [[.66], [.6]], ["swa"]);
    const run = async (params: Record<string, unknown>, a: CountsFile[], b: CountsFile[]) => {
      const { lines } = await runStage(power, folder, params, { a, b });
      return { lines, rows: await readTable(powerTable, `${folder}/power.parquet`) };
    };
    const { rows, lines } = await run({ simulations: 100 }, a, b);
    assert.deepEqual(rows.map(({ sentences, seeds }) => [sentences, seeds]), [
      [300, 1],
      [600, 1],
      [1200, 1],
    ]);
    assert.ok(rows[0].power < rows[2].power && rows[2].power > .8, rows.map((r) => r.power).join());
    assert.equal(rows[2].isEnough, true);
    assert.match(lines[0], /only test sets are planned, as nothing says how a system varies/);
    const [two, floor] = await study(folder, [[.7, .65], [.6]], ["swa"]);
    const fixed = [{ ...floor[0], axes: { head: "floor" } }];
    const plans = await run({ simulations: 50, seeds: [2, 3], sentences: [300] }, two, fixed);
    assert.deepEqual(plans.rows.map(({ seeds }) => seeds), [2, 3]);
  }));
