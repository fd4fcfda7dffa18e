import { strict as assert } from "node:assert";
import { correlatedT, meanInterval, pairedT } from "./paired_t.ts";
import { recordedPairs, tolerance } from "./testdata/recorded_pairs.ts";
import { assertClose } from "./testdata/toy_counts.ts";

const [a, b] = [[.70, .72, .74, .69, .71], [.68, .73, .70, .69, .66]];

Deno.test("t: scipy's tests and intervals", () => {
  for (const each of recordedPairs) {
    if (!each.t || !each.tInterval) continue;
    const { t, p } = pairedT(each.a, each.b);
    assertClose(t, each.t[0], tolerance);
    assertClose(p, each.t[1], tolerance);
    const { low, high } = meanInterval(each.a);
    assertClose(low, each.tInterval[0], tolerance);
    assertClose(high, each.tInterval[1], tolerance);
  }
});

Deno.test("t: five seeds against five", () => {
  const { t, p, freedom } = pairedT(a, b);
  assertClose(t, 1.7541160386, 1e-9);
  assertClose(p, .1542728711, 1e-9);
  assert.equal(freedom, 4);
  const { low, high, deviation } = meanInterval(a);
  assertClose(low, .6881161161, 1e-9);
  assertClose(high, .7358838839, 1e-9);
  assertClose(deviation, .0192353841, 1e-9);
});

Deno.test("t: baycomp's posterior of five folds", () => {
  const { better, equivalent, worse } = correlatedT(a, b, .01, 1 / 5);
  assertClose(better, .704931, 1e-6);
  assertClose(equivalent, .217932, 1e-6);
  assertClose(worse, .077136, 1e-6);
  const none = correlatedT(a, b, 0, 1 / 5);
  assertClose(none.better, .846416, 1e-6);
  assertClose(none.worse, .153584, 1e-6);
});

Deno.test("t: one seed, equal differences, identical systems, NaN", () => {
  const one = meanInterval([.7]);
  assert.deepEqual(one, { mean: .7, deviation: NaN, low: NaN, high: NaN });
  assert.deepEqual(pairedT([1], [0]), { t: NaN, freedom: 0, p: NaN });
  assert.deepEqual(pairedT([.3, .5, .9], [.2, .4, .8]), { t: NaN, freedom: 2, p: NaN });
  assert.deepEqual(pairedT([1, 2], [1, 2]), { t: 0, freedom: 1, p: 1 });
  assert.deepEqual(pairedT([1, NaN], [1, 2]), { t: NaN, freedom: 1, p: NaN });
  const unknown = { better: NaN, equivalent: NaN, worse: NaN };
  assert.deepEqual(correlatedT([1, 2], [1, 2], .1), unknown);
  assert.deepEqual(correlatedT([1], [2], .1), unknown);
  assert.throws(() => correlatedT(a, b, .1, 1), {
    message: "Cannot correlate differences by 1: 0 for seeds",
  });
  assert.throws(() => pairedT([1], [1, 2]), { message: "Cannot pair 1 scores with 2" });
});
