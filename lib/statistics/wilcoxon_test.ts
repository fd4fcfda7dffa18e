import { strict as assert } from "node:assert";
import { largeWilcoxon, recordedPairs, tolerance } from "./testdata/recorded_pairs.ts";
import { assertClose } from "./testdata/toy_counts.ts";
import { signedRanks } from "./wilcoxon.ts";

Deno.test("signed ranks: scipy's answers from all signs, with ties", () => {
  let asked = 0;
  for (const { a, b, wilcoxon, wilcoxonExact, positive } of recordedPairs) {
    const found = signedRanks(a, b);
    if (positive !== undefined) assert.equal(found.positive, positive);
    if (wilcoxon) {
      assertClose(found.p, wilcoxon[0], tolerance);
      assertClose(found.pBetter, wilcoxon[1], tolerance);
      asked++;
    }
    if (wilcoxonExact !== undefined) assertClose(found.p, wilcoxonExact, tolerance);
  }
  assert.ok(asked >= 9);
});

Deno.test("signed ranks: scipy's exact p of 50 pairs, and its normal approximation above", () => {
  for (const { d, p } of largeWilcoxon) {
    const found = signedRanks(d, d.map(() => 0));
    assertClose(found.p, p, tolerance);
    assert.equal(found.exact, d.length <= 50);
  }
});

const cases: [string, number[], number[], number, number, number][] = [
  ["five wins", [1, 2, 3, 4, 5], [0, 0, 0, 0, 0], 15, 2 / 32, 1 / 32],
  ["ties are left out", [1, 2, 3], [1, 0, 0], 3, 2 / 4, 1 / 4],
  ["equal sizes share ranks, rounding aside", [.3, .5], [.2, .6], 1.5, 1, 3 / 4],
  ["identical systems", [1, 2], [1, 2], 0, 1, 1],
  ["a score is NaN", [1, NaN], [0, 0], 1, 1, 1 / 2],
  ["no languages", [], [], 0, 1, 1],
];
for (const [name, a, b, positive, p, pBetter] of cases) {
  Deno.test(`signed ranks: ${name}`, () => {
    const found = signedRanks(a, b);
    assert.equal(found.positive, positive);
    assert.equal(found.positive + found.negative, found.pairs * (found.pairs + 1) / 2);
    assert.equal(found.pairs + found.ties + found.undefinedPairs, a.length);
    assertClose(found.p, p, 1e-12);
    assertClose(found.pBetter, pBetter, 1e-12);
    assert.ok(found.exact);
  });
}
