import { strict as assert } from "node:assert";
import { bcaInterval, bcaShares, percentileInterval } from "./interval.ts";
import { jackknife } from "./jackknife.ts";
import { countTable, f1, sumsOf } from "./metric.ts";
import { quantilesOf } from "./replicates.ts";
import { assertClose } from "./testdata/toy_counts.ts";
import reference from "../../tests/fixtures/statistics/bca.json" with { type: "json" };

for (const { counts, values, shares } of reference.cases) {
  Deno.test(`BCa: the ranks of ${counts.length} sentences are scipy's`, () => {
    const table = countTable(counts);
    const value = f1(sumsOf(table)), left = jackknife([table], f1);
    const replicates = { values: Float64Array.from(values) };
    const own = bcaShares(value, replicates, left, .95);
    own.forEach((share, end) => assertClose(share, shares[end], reference.tolerance));
    const { low, high, method } = bcaInterval(value, replicates, left);
    assert.deepEqual([low, high, method], [...quantilesOf(replicates, shares), "bca"]);
  });
}

const ranks: [string, number[], number[] | undefined, number, number, number][] = [
  [
    "ranks ⌈Rα/2⌉ and ⌈R(1 − α/2)⌉",
    Array.from({ length: 2000 }, (_, i) => 2000 - i),
    ,
    .95,
    50,
    1950,
  ],
  ["an odd number", Array.from({ length: 101 }, (_, i) => i + 1), , .9, 6, 96],
  ["weights stand for repetition", [5, 1, 3], [1, 2, 97], .96, 1, 3],
  ["undefined resamples are left out", [NaN, 4, NaN, 2], , .5, 2, 4],
  ["one resample", [7], , .95, 7, 7],
  ["no spread", [3, 3, 3], , .95, 3, 3],
];
for (const [name, values, ways, confidence, low, high] of ranks) {
  Deno.test(`percentile interval: ${name}`, () => {
    const replicates = {
      values: Float64Array.from(values),
      ways: ways && Float64Array.from(ways),
    };
    const interval = percentileInterval(2.5, replicates, confidence);
    const undefinedShare = values.filter(Number.isNaN).length / values.length;
    assert.deepEqual(interval, { low, high, confidence, method: "percentile", undefinedShare });
  });
}

Deno.test("intervals: of nothing that is a number there is none", () => {
  const none = { low: NaN, high: NaN, confidence: .95, method: "none" };
  const some = { values: Float64Array.of(1, 2) }, left = Float64Array.of(1, 2);
  const nothing = { values: Float64Array.of(NaN, NaN) };
  assert.deepEqual(percentileInterval(NaN, some), { ...none, undefinedShare: 0 });
  assert.deepEqual(percentileInterval(1, nothing), { ...none, undefinedShare: 1 });
  assert.deepEqual(bcaInterval(NaN, some, left), { ...none, undefinedShare: 0 });
  assert.deepEqual(bcaInterval(1, nothing, left), { ...none, undefinedShare: 1 });
});

Deno.test("BCa: says percentile where bias or acceleration cannot be told", () => {
  const spread = { values: Float64Array.of(1, 2, 3, 4) };
  const left = Float64Array.of(1, 2, 4);
  assert.equal(bcaInterval(2.5, spread, left).method, "bca");
  assert.equal(bcaInterval(0, spread, left).method, "percentile"); // every resample above
  assert.equal(bcaInterval(2.5, spread, Float64Array.of(2, 2)).method, "percentile");
  const same = bcaInterval(3, { values: Float64Array.of(3, 3) }, Float64Array.of(3, 3));
  assert.deepEqual([same.low, same.high, same.method], [3, 3, "percentile"]);
});

Deno.test("intervals: a confidence is a share", () => {
  for (const confidence of [0, 1, 95, NaN]) {
    assert.throws(() => percentileInterval(1, { values: Float64Array.of(1) }, confidence), {
      message: `Cannot make an interval of confidence ${confidence}: 0.95 is 95 %`,
    });
  }
});
