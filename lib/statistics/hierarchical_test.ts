import { strict as assert } from "node:assert";
import { CounterRandom } from "../core/random.ts";
import { bootstrap } from "./bootstrap.ts";
import { meanOfMeans, overLanguages } from "./hierarchical.ts";
import { percentileInterval } from "./interval.ts";
import { interquartileMean } from "./iqm.ts";
import { f1 } from "./metric.ts";
import { momentsOf } from "./replicates.ts";
import { assertClose, drawCorpus, toyA } from "./testdata/toy_counts.ts";

const key = ["languages"];
const resamples = 20_000;
const scores = [[60, 64, 62], [80, 81, 85], [70, 72, 71], [50, 56, 53]];
const variance = (values: readonly number[]): number =>
  momentsOf({ values: Float64Array.from(values) }).deviation ** 2;

/** Of the variance of resamples, three standard errors. */
const spread = 3 * Math.sqrt(2 / resamples);

Deno.test("over languages: seeds nested vary each by themselves", () => {
  const found = overLanguages(scores, { key, resamples });
  assert.equal(found.value, meanOfMeans(scores));
  // Σ over languages of variance / seeds, over languages²
  const expected = scores.reduce((sum, own) => sum + variance(own) / 3, 0) / 16;
  assertClose(momentsOf(found).deviation ** 2 / expected, 1, spread);
  assertClose(momentsOf(found).mean, found.value, 3 * Math.sqrt(expected / resamples));
});

Deno.test("over languages: crossed seeds vary together", () => {
  const found = overLanguages(scores, { key, resamples, seeds: "crossed" });
  const bySeed = [0, 1, 2].map((seed) => scores.reduce((sum, own) => sum + own[seed] / 4, 0));
  assertClose(momentsOf(found).deviation ** 2 / (variance(bySeed) / 3), 1, spread);
});

Deno.test("over languages: sampled languages vary too", () => {
  const found = overLanguages(scores, { key, resamples, languages: "sampled" });
  const means = scores.map((own) => meanOfMeans([own]));
  const within = scores.reduce((sum, own) => sum + variance(own) / 3, 0) / 4;
  assertClose(momentsOf(found).deviation ** 2 / ((variance(means) + within) / 4), 1, spread);
});

Deno.test("over languages: sentences below seeds vary too", () => {
  const estimates = [0, 1, 2].map((language) => {
    const tables = drawCorpus(new CounterRandom("language", language), 80, [.6, .7]);
    return bootstrap(tables, [f1], { key: ["sentences", language], resamples }).map(([f]) => f);
  });
  const found = overLanguages(estimates, { key });
  const values = estimates.map((seeds) => seeds.map(({ value }) => value));
  assert.equal(found.value, meanOfMeans(values));
  // By language: the variance of the mean over seeds, plus the mean of the one among seeds / 2
  const expected = estimates.reduce((sum, [one, other]) => {
    const mean = one.values.map((value, r) => (value + other.values[r]) / 2);
    const among = one.values.map((value, r) => ((value - other.values[r]) / 2) ** 2 / 2);
    return sum + momentsOf({ values: mean }).deviation ** 2 + momentsOf({ values: among }).mean;
  }, 0) / 9;
  assertClose(momentsOf(found).deviation ** 2 / expected, 1, spread);
});

Deno.test("over languages: another statistic, over the same draws", () => {
  const iqm = overLanguages(scores, { key, resamples: 500, statistic: interquartileMean });
  assert.equal(iqm.value, interquartileMean(scores));
  const { low, high } = percentileInterval(iqm.value, iqm);
  assert.ok(low < iqm.value && iqm.value < high && low >= 62 && high <= 74, `${low} to ${high}`);
  const shifted = scores.map((own) => own.map((score) => score + 1));
  const [before, after] = [scores, shifted].map((each) => overLanguages(each, { key }).values);
  after.forEach((value, r) => assertClose(value - before[r], 1, 1e-9));
});

const degenerate: [string, number[][], number, number, number][] = [
  ["one seed in each language", [[60], [80]], 70, 70, 70],
  ["one language", [[60, 70]], 65, 60, 70],
  ["one language, one seed", [[60]], 60, 60, 60],
  ["identical seeds", [[60, 60], [70, 70]], 65, 65, 65],
  ["a language without a score", [[60, 61], [NaN, NaN]], NaN, NaN, NaN],
];
for (const [name, given, value, low, high] of degenerate) {
  Deno.test(`over languages: ${name}`, () => {
    const found = overLanguages(given, { key });
    const interval = percentileInterval(found.value, found);
    assert.deepEqual([found.value, interval.low, interval.high], [value, low, high]);
  });
}

Deno.test("over languages: what cannot be averaged", () => {
  assert.throws(() => overLanguages([], { key }), {
    name: "RangeError",
    message: "Cannot average over 0 languages",
  });
  assert.throws(() => overLanguages([[1], []], { key }), {
    message: "Cannot average language 2 as it has no seeds",
  });
  assert.throws(() => overLanguages([[1, 2], [1]], { key, seeds: "crossed" }), {
    message: "Cannot cross seeds with languages as each must have all: " +
      "language 1 has 2, language 2 has 1",
  });
  const [[all]] = bootstrap([toyA], [f1], { key });
  assert.throws(() => overLanguages([[all]], { key }), {
    message: "Cannot nest resamples that were enumerated: " +
      "draw those of small test sets (exact: false)",
  });
  const [[drawn]] = bootstrap([toyA], [f1], { key, exact: false, resamples: 50 });
  assert.throws(() => overLanguages([[drawn]], { key, resamples: 60 }), {
    message: "Cannot make 60 resamples of scores that have 50",
  });
});
