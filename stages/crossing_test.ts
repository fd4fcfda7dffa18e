import { strict as assert } from "node:assert";
import type { CountsFile } from "../lib/analysis/evaluations.ts";
import { evaluated, inFolder } from "../lib/analysis/testdata/counted.ts";
import { CounterRandom } from "../lib/core/random.ts";
import { runStage } from "../lib/plan/testdata/run_stage.ts";
import { type CountTable, countTable } from "../lib/statistics/metric.ts";
import { drawCorpus } from "../lib/statistics/testdata/toy_counts.ts";
import { readTable } from "../lib/table/parquet_tables.ts";
import { crossingsTable } from "../lib/table/schemas/crossings.ts";
import { crossing } from "./crossing.ts";

const sizes = [250, 500, 1000, 2000];
const quality = [.3, .5, .7, .9];

/** Two seeds of a curve and of a level on one test set of 150 sentences. */
async function study(
  folder: string,
  level: number,
): Promise<{ curve: CountsFile[]; level: CountsFile[] }> {
  const tables = drawCorpus(new CounterRandom("crossing"), 150, [
    ...quality,
    ...quality.map((each) => each + .02),
    level,
    level + .02,
  ]);
  const on = (axes: Record<string, string | number>, table: CountTable) =>
    evaluated(folder, axes, [{ language: "fra", table }]);
  return {
    curve: await Promise.all(
      [0, 1].flatMap((seed) =>
        sizes.map((sentences, i) => on({ sentences, seed }, tables[seed * sizes.length + i]))
      ),
    ),
    level: await Promise.all([0, 1].map((seed) => on({ source: "deu", seed }, tables[8 + seed]))),
  };
}

async function rowsOf(
  folder: string,
  inputs: { curve: readonly CountsFile[]; level: readonly CountsFile[] },
  params: Record<string, unknown> = {},
) {
  const { lines } = await runStage(crossing, folder, {
    sizeAxis: "sentences",
    resamples: 400,
    ...params,
  }, inputs);
  return { lines, rows: await readTable(crossingsTable, `${folder}/crossings.parquet`) };
}

Deno.test("crossing: between the sizes whose scores enclose the level, with an interval", () =>
  inFolder(async (folder) => {
    const inputs = await study(folder, .6);
    const { rows: [row], lines } = await rowsOf(folder, inputs);
    assert.deepEqual(
      [row.axes, row.levelAxes, row.language, row.sizes, row.smallest, row.largest, row.seeds],
      ["{}", '{"source":"deu"}', "fra", 4, 250, 2000, 2],
    );
    assert.ok(500 < row.crossing && row.crossing < 1000, `${row.crossing}`);
    assert.ok(250 < row.low && row.low < row.crossing, `${row.low}`);
    assert.ok(row.crossing < row.high && row.high < 2000, `${row.high}`);
    assert.ok(row.atSmallest < row.level && row.level < row.atLargest);
    assert.equal(row.within, 1);
    assert.match(lines.join("\n"), /^fra: reached at \d+ sentences \[\d+, \d+\]$/m);
    // The order of evaluations changes nothing.
    const turned = { curve: inputs.curve.toReversed(), level: inputs.level.toReversed() };
    assert.deepEqual((await rowsOf(folder, turned)).rows, [row]);
    // A curve against the level of its own at a size crosses just there.
    const own = inputs.curve.filter(({ axes }) => axes.sentences === 1000);
    const { rows: [same] } = await rowsOf(folder, { curve: inputs.curve, level: own });
    assert.deepEqual([same.crossing, same.high], [1000, 1000]);
  }));

Deno.test("crossing: what is reached at once, or never, is below or above all sizes", () =>
  inFolder(async (folder) => {
    const low = await rowsOf(folder, await study(folder, .05));
    assert.deepEqual([low.rows[0].crossing, low.rows[0].high, low.rows[0].within], [0, 0, 0]);
    assert.match(
      low.lines.join("\n"),
      /fra: reached at below 250 sentences \[below 250, below 250\]/,
    );
    const high = await rowsOf(folder, await study(folder, .97));
    assert.deepEqual([high.rows[0].crossing, high.rows[0].high], [Infinity, Infinity]);
    assert.match(high.lines.join("\n"), /fra: reached at above 2000 sentences/);
  }));

Deno.test("crossing: what no curve can be drawn of is told", () =>
  inFolder(async (folder) => {
    const inputs = await study(folder, .6);
    const { curve, level } = inputs;
    const refused = (
      given: Partial<typeof inputs>,
      expected: RegExp,
      params: Record<string, unknown> = {},
    ) => assert.rejects(rowsOf(folder, { ...inputs, ...given }, params), expected);
    await refused({}, /Cannot tell how much evaluate\[.*\] was trained on: it has no axis "size"/, {
      sizeAxis: "size",
    });
    await refused(
      { curve: curve.filter(({ axes }) => axes.sentences === 500) },
      /Cannot draw a curve of evaluate\[sentences=500,seed=0\] on fra: sentences has one value/,
    );
    await refused(
      { curve: [...curve, { ...curve[0], axes: { sentences: "all", seed: 0 } }] },
      /sentences is all/,
    );
    const elsewhere = await evaluated(folder, { source: "deu", seed: 0 }, [
      { language: "deu", table: countTable([[1, 1, 1]]) },
    ]);
    await refused({ level: [elsewhere] }, /against a level on fra: none is on its test set/);
    await refused(
      { level: [...level, { ...level[0], axes: { source: "eng", seed: 0 } }] },
      /may be that of/,
    );
  }));
