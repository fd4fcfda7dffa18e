import { strict as assert } from "node:assert";
import { CounterRandom } from "../core/random.ts";
import { bootstrap, bootstrapInterval, nestedOverSeeds } from "./bootstrap.ts";
import { percentileInterval } from "./interval.ts";
import { type CountTable, countTable, f1, precision, ratio } from "./metric.ts";
import { momentsOf, shareOf } from "./replicates.ts";
import { assertClose, drawCorpus, toyA, toyB } from "./testdata/toy_counts.ts";

Deno.test("bootstrap: all 46,656 resamples of six sentences", () => {
  const { value, low, high, method } = bootstrapInterval(toyA, f1, { key: ["toy"] });
  assertClose(value, .736842105263158, 1e-9);
  assertClose(low, .333333333, 1e-9);
  assertClose(high, .923076923, 1e-9);
  assert.equal(method, "percentile");
  const [[{ ways }]] = bootstrap([toyA], [f1], { key: ["toy"] });
  assert.equal(ways?.reduce((sum, way) => sum + way, 0), 46656);
});

Deno.test("bootstrap: drawn resamples are within three standard errors of all of them", () => {
  const resamples = 20_000;
  const [[all]] = bootstrap([toyA], [f1], { key: ["toy"] });
  const [[drawn]] = bootstrap([toyA], [f1], { key: ["toy"], exact: false, resamples });
  assert.equal(drawn.values.length, resamples);
  const truth = momentsOf(all);
  assertClose(momentsOf(drawn).mean, truth.mean, 3 * truth.deviation / Math.sqrt(resamples));
  for (const limit of [.4, .6, .7, .8, .9]) {
    const share = shareOf(all, (each) => each <= limit);
    const error = Math.sqrt(share * (1 - share) / resamples);
    assertClose(shareOf(drawn, (each) => each <= limit), share, 3 * error);
  }
});

Deno.test("bootstrap: all systems and metrics see the same sentences", () => {
  const options = { key: ["same"], exact: false, resamples: 50 };
  const [[a, again], [b]] = bootstrap([toyA, toyB], [f1, precision], options);
  assert.deepEqual(bootstrap([toyA], [precision], options)[0][0], again);
  assert.deepEqual(bootstrap([toyB, toyA, toyB], [f1], options)[2][0], b);
  assert.deepEqual(bootstrap([toyA], [f1], options)[0][0], a);
});

const degenerate: [string, CountTable, number[], string, number][] = [
  ["no entity and no prediction", countTable([[0, 0, 0], [0, 0, 0]]), [NaN, NaN, NaN], "none", 1],
  ["no entity but predictions", countTable([[0, 1, 0], [0, 1, 0]]), [0, 0, 0], "percentile", 0],
  [
    "an entity in one of two sentences",
    countTable([[1, 1, 1], [0, 0, 0]]),
    [1, 1, 1],
    "percentile",
    .25,
  ],
  ["one sentence", countTable([[1, 2, 1]]), [2 / 3, 2 / 3, 2 / 3], "percentile", 0],
];
for (const [name, table, expected, method, undefinedShare] of degenerate) {
  Deno.test(`bootstrap: ${name}`, () => {
    for (const asked of ["percentile", "bca"] as const) {
      const found = bootstrapInterval(table, f1, { key: [name], method: asked });
      assert.deepEqual([found.value, found.low, found.high], expected);
      assert.deepEqual([found.method, found.undefinedShare], [method, undefinedShare]);
    }
  });
}

Deno.test("bootstrap over seeds: one seed is that seed's, identical seeds are one", () => {
  const [[seed]] = bootstrap([toyA], [f1], { key: ["seeds"], exact: false, resamples: 100 });
  const pair = [[seed], [seed, seed, seed, seed]].map((seeds) => nestedOverSeeds(seeds, ["nest"]));
  for (const { values, value } of pair) assert.deepEqual({ values, value, ways: undefined }, seed);
});

Deno.test("bootstrap over seeds: varies by seeds and by sentences", () => {
  const tables = drawCorpus(new CounterRandom("seeds corpus"), 300, [.6, .7, .8, .65]);
  const estimates = bootstrap(tables, [f1], { key: ["seeds"], resamples: 8000 }).map(([each]) =>
    each
  );
  const nested = nestedOverSeeds(estimates, ["nest"]);
  const means = estimates[0].values.map((_, r) =>
    estimates.reduce((sum, { values }) => sum + values[r] / 4, 0)
  );
  const mean = estimates.reduce((sum, { value }) => sum + value / 4, 0);
  // Law of total variance: of the mean over seeds, plus the mean of the variance among seeds / 4
  const among = estimates[0].values.map((_, r) =>
    estimates.reduce((sum, { values }) => sum + (values[r] - means[r]) ** 2 / 4, 0) / 4
  );
  const expected = momentsOf({ values: means }).deviation ** 2 + momentsOf({ values: among }).mean;
  assertClose(nested.value, mean, 1e-12);
  const variance = momentsOf(nested).deviation ** 2;
  assertClose(variance / expected, 1, 3 * Math.sqrt(2 / 8000));
  assert.throws(() => nestedOverSeeds([], ["nest"]), {
    message: "Cannot nest resamples over seeds as each must have the same: got no seeds",
  });
});

// 2,000 corpora each, so a share of .95 has a standard error of .005.
Deno.test("bootstrap: 95 % intervals cover the truth 93 to 97 times in a hundred", () => {
  // F1 of many: gold 0 to 3 (mean 1.5) found with .7, and .3 wrong a sentence
  const truth = 2 * 1.05 / (1.05 + .3 + 1.5);
  const covered = { percentile: 0, bca: 0, accuracy: 0 };
  for (let corpus = 0; corpus < 2000; corpus++) {
    const random = new CounterRandom("coverage", corpus);
    const tables = drawCorpus(random, 100, [.7]);
    const right = countTable(Array.from({ length: 150 }, () => [random.uniform() < .8 ? 1 : 0, 1]));
    for (const method of ["percentile", "bca"] as const) {
      const options = { key: ["coverage", corpus], resamples: 600, method };
      const { low, high } = bootstrapInterval(tables[0], f1, options);
      if (low <= truth && truth <= high) covered[method]++;
    }
    const [[estimate]] = bootstrap([right], [ratio], { key: ["accuracy", corpus], resamples: 600 });
    const { low, high } = percentileInterval(estimate.value, estimate);
    if (low <= .8 && .8 <= high) covered.accuracy++;
  }
  for (const [name, count] of Object.entries(covered)) {
    assert.ok(count >= 1860 && count <= 1940, `${name} covered ${count} of 2000`);
  }
});

Deno.test("bootstrap: 95 % intervals of ten sentences are too narrow, as documented", () => {
  const truth = 2 * 1.05 / (1.05 + .3 + 1.5);
  let covered = 0;
  for (let corpus = 0; corpus < 2000; corpus++) {
    const [table] = drawCorpus(new CounterRandom("few", corpus), 10, [.7]);
    const { low, high } = bootstrapInterval(table, f1, { key: ["few", corpus], resamples: 500 });
    if (low <= truth && truth <= high) covered++;
  }
  assert.ok(covered >= 1760 && covered <= 1850, `covered ${covered} of 2000`);
});
