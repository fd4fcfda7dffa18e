import { strict as assert } from "node:assert";
import { CounterRandom } from "../core/random.ts";
import { countTable } from "./metric.ts";
import { resampledSums } from "./resampled_sums.ts";
import { drawResamples } from "./resamples.ts";
import { toyA, toyB } from "./testdata/toy_counts.ts";

const random = new CounterRandom("sums test");
const table = (rows: number, make: () => number[]) =>
  countTable(Array.from({ length: rows }, make));
const whole = (below: number) => () => Array.from({ length: 3 }, () => random.integer(below));
const cases = [
  ["small counts", [table(50, whole(4)), table(50, whole(9)), table(50, whole(2))]],
  ["counts of different widths", [table(50, () => [random.integer(3)]), table(50, whole(5))]],
  ["the same gold data", [toyA, toyB, toyA]],
  ["a column of zeros", [countTable([[0, 1, 0], [0, 2, 0], [0, 0, 0]])]],
  ["negative counts", [table(50, () => [random.integer(5) - 2, 1])]],
  ["fractions", [table(50, () => [random.uniform(), random.normal()]), table(50, whole(3))]],
  ["counts that fill a double", [table(8, () => [2 ** 49 + random.integer(9), 3, 2 ** 40])]],
  ["counts beyond a packed double", [table(9, () => [2 ** 52, random.integer(9)])]],
] as const;
for (const [name, tables] of cases) {
  Deno.test(`resampled sums: ${name}`, () => {
    const sentences = tables[0].values.length / tables[0].width;
    // 6 resamples: a block of four, and part of one
    const resamples = drawResamples(sentences, { key: [name], resamples: 6, exact: false });
    const sums = resampledSums(tables, resamples);
    for (let r = 0; r < 6; r++) {
      const times = new Float64Array(sentences);
      resamples.add(r, times, 1, 0);
      assert.equal(times.reduce((sum, each) => sum + each, 0), sentences);
      tables.forEach(({ width, values }, t) => {
        for (let s = 0; s < width; s++) {
          let expected = 0;
          for (let i = 0; i < sentences; i++) expected += times[i] * values[i * width + s];
          assert.equal(sums[t][r * width + s], expected);
        }
      });
    }
  });
}

Deno.test("resampled sums: resamples do not depend on who computes them, nor beside what", () => {
  const tables = cases[5][1];
  const options = { key: ["parts"], resamples: 11 };
  const all = resampledSums(tables, drawResamples(50, options))[0];
  const parts = [[0, 3], [3, 1], [4, 7]].flatMap(([first, resamples]) => [
    ...resampledSums([tables[0]], drawResamples(50, { ...options, first, resamples }))[0],
  ]);
  assert.deepEqual([...all], parts);
});

Deno.test("resampled sums: another key draws others", () => {
  const sums = ["x", "y"].map((key) =>
    resampledSums([toyA, toyB], drawResamples(6, { key: [key], resamples: 20, exact: false }))[0]
  );
  assert.notDeepEqual(sums[0], sums[1]);
});

Deno.test("resamples: no sentence is preferred", () => {
  const times = new Float64Array(10);
  const resamples = drawResamples(10, { key: ["even"], resamples: 5000 });
  for (let r = 0; r < 5000; r++) resamples.add(r, times, 1, 0);
  const squares = times.reduce((sum, each) => sum + (each - 5000) ** 2 / 5000, 0);
  assert.ok(squares < 27.9, `χ² of 9 degrees is ${squares}, beyond p = .001`);
});

Deno.test("resamples: nothing to draw from, nothing drawn", () => {
  assert.throws(() => drawResamples(0, { key: [] }), {
    message: "Cannot resample a test set of 0 sentences",
  });
  assert.throws(() => drawResamples(3, { key: [], resamples: 0 }), {
    message: "Cannot draw 0 resamples: it must be at least 1",
  });
});
