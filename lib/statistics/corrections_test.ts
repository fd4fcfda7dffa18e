import { strict as assert } from "node:assert";
import { benjaminiHochberg, holm } from "./corrections.ts";
import { assertClose } from "./testdata/toy_counts.ts";
import reference from "../../tests/fixtures/statistics/corrections.json" with { type: "json" };

const known: [string, typeof holm, number[], number[]][] = [
  ["holm", holm, [1e-4, .01, .03, .04, .05, .2], [.0006, .05, .12, .12, .12, .2]],
  ["holm, not in order", holm, [.01, .04, .03, .005], [.03, .06, .06, .02]],
  ["bh", benjaminiHochberg, [1e-4, .01, .03, .04, .05, .2], [.0006, .03, .06, .06, .06, .2]],
  ["holm of one", holm, [.03], [.03]],
  ["holm of none", holm, [], []],
  ["bh of none", benjaminiHochberg, [], []],
  ["holm, ties", holm, [.02, .02], [.04, .04]],
  ["holm, at most 1", holm, [.6, .7, 1], [1, 1, 1]],
  ["holm, NaN is not counted", holm, [NaN, .01, NaN, .02], [NaN, .02, NaN, .02]],
  ["bh, NaN is not counted", benjaminiHochberg, [.02, NaN, .01], [.02, NaN, .02]],
];
for (const [name, correct, p, expected] of known) {
  Deno.test(`corrections: ${name}`, () => {
    correct(p).forEach((each, i) => assertClose(each, expected[i], 1e-12));
    assert.equal(correct(p).length, expected.length);
  });
}

Deno.test("corrections: statsmodels' answers", () => {
  for (const { p, holm: byHolm, "benjamini-hochberg": byRate } of reference.cases) {
    holm(p).forEach((each, i) => assertClose(each, byHolm[i], reference.tolerance));
    benjaminiHochberg(p).forEach((each, i) => assertClose(each, byRate[i], reference.tolerance));
  }
});

Deno.test("corrections: what is no p-value", () => {
  for (const odd of [-.1, 1.5, Infinity]) {
    assert.throws(() => holm([.1, odd]), {
      name: "RangeError",
      message: `Cannot correct ${odd} as it is no p-value: 0 to 1`,
    });
  }
});
