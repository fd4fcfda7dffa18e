import { strict as assert } from "node:assert";
import { CounterRandom } from "../core/random.ts";
import { bootstrap, nestedOverSeeds } from "./bootstrap.ts";
import { seedParts } from "./comparison.ts";
import { expandedInterval, sumOfParts } from "./expanded_interval.ts";
import { percentileInterval } from "./interval.ts";
import { f1 } from "./metric.ts";
import { momentsOf } from "./replicates.ts";
import { assertClose, drawCorpus } from "./testdata/toy_counts.ts";

Deno.test("expanded: parts are added, with Welch's degrees of freedom", () => {
  assert.deepEqual(sumOfParts([{ variance: 2, freedom: 4 }]), { variance: 2, freedom: 4 });
  const { variance, freedom } = sumOfParts([
    { variance: 1, freedom: 2 },
    { variance: 3, freedom: 9 },
  ]);
  assert.equal(variance, 4);
  assertClose(freedom, 16 / (1 / 2 + 9 / 9), 1e-12);
});

Deno.test("expanded: of normal resamples it is the t interval", () => {
  const random = new CounterRandom("normal resamples");
  const values = new Float64Array(100_000).map(() => random.normal());
  // t of 10 degrees at 97.5 % is 2.228139; the true deviation is twice that of the resamples.
  const { low, high, method } = expandedInterval(0, { values }, [{ variance: 4, freedom: 10 }], .8);
  // t at 90 % is 1.372184
  assert.equal(method, "expanded");
  assertClose(high, 2 * 1.372184, .05);
  assertClose(low, -2 * 1.372184, .05);
});

Deno.test("expanded: the percentile interval where nothing varies or is known", () => {
  const same = { values: new Float64Array(50).fill(3) };
  const some = { values: Float64Array.from([1, 2, 3, 4]) };
  for (const [replicates, variance] of [[same, 1], [some, 0], [some, NaN]] as const) {
    const parts = [{ variance, freedom: 2 }];
    assert.deepEqual(expandedInterval(3, replicates, parts), percentileInterval(3, replicates));
  }
  const undefinedValues = { values: new Float64Array(5).fill(NaN) };
  assert.equal(
    expandedInterval(NaN, undefinedValues, [{ variance: 1, freedom: 2 }]).method,
    "none",
  );
});

/** How often intervals of seeds of different skill hold the truth, of 1,000 studies. */
function coverage(seeds: number, isExpanded: boolean): number {
  let covered = 0;
  for (let study = 0; study < 1000; study++) {
    const random = new CounterRandom("seeds that differ", seeds, study);
    const skills = Array.from({ length: seeds }, () => .7 + .12 * random.normal());
    const tables = drawCorpus(random, 100, skills);
    const own = bootstrap(tables, [f1], { key: ["cover", study], resamples: 400 }).map(([e]) => e);
    const nested = nestedOverSeeds(own, ["cover", study]);
    const means = own[0].values.map((_, r) =>
      own.reduce((sum, { values }) => sum + values[r] / seeds, 0)
    );
    const parts = [
      { variance: momentsOf({ values: means }).deviation ** 2, freedom: 99 },
      ...seedParts(own.map(({ value }) => value)),
    ];
    const { low, high } = isExpanded
      ? expandedInterval(nested.value, nested, parts)
      : percentileInterval(nested.value, nested);
    // As in the tests of bootstrap: a skill of .7 on average
    const truth = 2 * 1.05 / (1.05 + .3 + 1.5);
    if (low <= truth && truth <= high) covered++;
  }
  return covered / 1000;
}

// A share of .95 of 1,000 has a standard error of .007. Resamples of three seeds do not reach far enough.
for (const [seeds, least] of [[3, .9], [5, .93]]) {
  Deno.test(`expanded: 95 % intervals of ${seeds} seeds hold the truth`, () => {
    const [expanded, percentile] = [coverage(seeds, true), coverage(seeds, false)];
    assert.ok(expanded >= least && expanded <= .97, `expanded: ${expanded}`);
    assert.ok(percentile < expanded - .01, `percentile: ${percentile}`);
  });
}
