import { strict as assert } from "node:assert";
import { existsSync, readFileSync } from "node:fs";
import { almostStochasticOrder, uncertaintyReduction, violationRatio } from "./aso.ts";
import { assertClose } from "./testdata/toy_counts.ts";
import reference from "../../tests/fixtures/statistics/aso.json" with { type: "json" };

const options = { key: ["aso"] };
// deno-fmt-ignore
const readme = [
  [1.2771481309859944, -0.0527805557651716, 2.046165574740878, 0.6498784831266298,
    0.32352901330799066],
  [0.8871629403077386, 0.8595884137174165, -0.6365235044173491, 0.015696372114428918,
    -2.2426849541854055],
];
const five = [[.70, .72, .74, .69, .71], [.68, .73, .70, .69, .66]];

Deno.test("aso: deepsig's first example, exactly", () => {
  const found = almostStochasticOrder(readme[0], readme[1], options);
  assert.equal(found.violation, 0);
  assertClose(found.mean, .04558988416723, 1e-9);
  assertClose(found.deviation, .13779049991022, 1e-9);
  assertClose(found.epsilonMin, .22664520353679, 1e-9);
  assert.ok(found.exact);
  assert.equal(almostStochasticOrder(readme[1], readme[0], options).epsilonMin, 1);
});

Deno.test("aso: five seeds against five", () => {
  const found = almostStochasticOrder(five[0], five[1], options);
  assert.equal(found.violation, 0);
  assertClose(found.deviation, .20542295825348, 1e-9);
  assertClose(found.epsilonMin, .33789069794234, 1e-9);
});

for (const { a, b, violation, mean, deviation, epsilonMin } of reference.cases) {
  Deno.test(`aso: ${a.length} against ${b.length} seeds as every ordered resample says`, () => {
    const found = almostStochasticOrder(a, b, options);
    assertClose(found.violation, violation, reference.tolerance);
    assertClose(found.mean, mean, reference.tolerance);
    assertClose(found.deviation, deviation, reference.tolerance);
    assertClose(found.epsilonMin, epsilonMin, reference.tolerance);
    assertClose(violationRatio(b, a), 1 - violation, 1e-12);
  });
}

Deno.test("aso: drawn for more than seven seeds, the same for the same key", () => {
  // Each score twice has the quantiles of once, and is too many to enumerate.
  const [a, b] = readme.map((scores) => scores.flatMap((score) => [score, score]));
  const resamples = 4000;
  const found = almostStochasticOrder(a, b, { ...options, resamples });
  assert.deepEqual([found.exact, found.violation], [false, 0]);
  const again = almostStochasticOrder(a, b, { key: ["aso", 2], resamples });
  const error = Math.hypot(found.deviation, again.deviation) / Math.sqrt(resamples);
  assert.notEqual(found.mean, again.mean);
  assertClose(found.mean, again.mean, 3 * error);
  assert.deepEqual(almostStochasticOrder(a, b, { ...options, resamples }), found);
});

const degenerate: [string, number[], number[], number, number][] = [
  ["equal scores", [.7, .7], [.7, .7], .5, .5],
  ["identical systems that vary", [.6, .7], [.6, .7], .5, 1],
  ["one seed each, A better", [.8], [.7], 0, 0],
  ["one seed each, B better", [.7], [.8], 1, 1],
  ["one seed each, equal", [.7], [.7], .5, .5],
];
for (const [name, a, b, violation, epsilonMin] of degenerate) {
  Deno.test(`aso: ${name}`, () => {
    const found = almostStochasticOrder(a, b, options);
    assert.deepEqual([found.violation, found.epsilonMin], [violation, epsilonMin]);
  });
}

Deno.test("aso: seven seeds each are enumerated", () => {
  const a = [3, 1, 4, 1.5, 5, 9, 2], b = [6, 5, 3, 5.5, 8, 7, 9.5];
  const found = almostStochasticOrder(a, b, options);
  assert.ok(found.exact);
  assert.equal(found.epsilonMin, 1);
  assertClose(found.mean + almostStochasticOrder(b, a, options).mean, 1, 1e-12);
});

Deno.test("aso: what cannot be ordered", () => {
  assert.throws(() => almostStochasticOrder([], [1], options), {
    message: "Cannot order runs by their scores: there are none",
  });
  assert.throws(() => violationRatio([1], [1, NaN]), {
    message: "Cannot order runs by their scores: one is NaN",
  });
  assert.throws(() => almostStochasticOrder([1], [1], { ...options, alpha: 1 }), {
    message: "Cannot bound the violation at α = 1: 0.05 is usual",
  });
});

Deno.test("aso: two more seeds of one system", () => {
  assertClose(uncertaintyReduction([5, 3], [5, 5]), 1.1547005383792515, 1e-12);
});

const published = new URL("../../../shared/oracles/seeds/masakhaner2_f1.json", import.meta.url);
Deno.test({
  name: "aso: encoders on MasakhaNER 2.0 (needs ../shared/oracles)",
  ignore: !existsSync(published),
  fn() {
    const scores = JSON.parse(readFileSync(published, "utf8"));
    const { xlmrbase: xlmr, mbert } = scores;
    const bound = (a: typeof xlmr, b: typeof xlmr, language: string): number =>
      almostStochasticOrder(a[language].slice(0, 5), b[language].slice(0, 5), options).epsilonMin;
    assertClose(bound(xlmr, mbert, "swa"), .48846408, 1e-8);
    assertClose(bound(xlmr, mbert, "wol"), 0, 1e-8);
    assertClose(bound(xlmr, mbert, "ibo"), .38912379, 1e-8);
    assertClose(bound(xlmr, mbert, "yor"), 1, 1e-8);
    assertClose(bound(mbert, xlmr, "yor"), 0, 1e-8);
    assertClose(bound(mbert, xlmr, "hau"), .09858565, 1e-8);
    assertClose(bound(mbert, xlmr, "kin"), .09683922, 1e-8);
    const { violation } = almostStochasticOrder(
      xlmr.swa.slice(0, 5),
      mbert.swa.slice(0, 5),
      options,
    );
    assertClose(violation, .04514690, 1e-8);
  },
});
