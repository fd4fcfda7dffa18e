import { strict as assert } from "node:assert";
import { cliffsDelta, cohensD, probabilityOfSuperiority, sampleMoments } from "./effect_size.ts";
import { recordedPairs, tolerance } from "./testdata/recorded_pairs.ts";
import { assertClose } from "./testdata/toy_counts.ts";

Deno.test("effect sizes: numpy's and scipy's answers", () => {
  for (const { a, b, cohensD: d, superiority } of recordedPairs) {
    if (d !== undefined) assertClose(cohensD(a, b), d, tolerance);
    assertClose(probabilityOfSuperiority(a, b), superiority, tolerance);
    assertClose(cliffsDelta(a, b), 2 * superiority - 1, tolerance);
    assertClose(cliffsDelta(b, a), 1 - 2 * superiority, tolerance);
  }
});

Deno.test("effect sizes: a deviation of .0192353841", () => {
  assertClose(Math.sqrt(sampleMoments([.70, .72, .74, .69, .71]).variance), .0192353841, 1e-9);
});

const cases: [string, number[], number[], number, number][] = [
  ["pooled by degrees of freedom", [1, 3], [0, 1, 2, 3, 4], 0 / 1, 0],
  ["one score against several", [4], [0, 2], 3 / Math.SQRT2, 1],
  ["one score each", [2], [1], NaN, 1],
  ["identical", [1, 2], [1, 2], 0, 0],
  ["all equal", [.7, .7, .7], [.7, .7, .7], 0, 0],
  ["apart without deviation", [.7, .7, .7], [.1, .1, .1], Infinity, 1],
  ["apart the other way", [.1, .1], [.7, .7, .7], -Infinity, -1],
  ["a score is NaN", [1, NaN], [1, 2], NaN, NaN],
  ["one score, NaN", [NaN], [1, 2], NaN, NaN],
  ["no scores", [], [1, 2, 3], NaN, NaN],
];
for (const [name, a, b, d, delta] of cases) {
  Deno.test(`effect sizes: ${name}`, () => {
    assertClose(cohensD(a, b), d, 1e-12, "d");
    assertClose(cliffsDelta(a, b), delta, 1e-12, "delta");
    assert.ok(Object.is(probabilityOfSuperiority(a, b), (delta + 1) / 2));
  });
}
