import { strict as assert } from "node:assert";
import { CounterRandom } from "../core/random.ts";
import { bootstrap } from "./bootstrap.ts";
import { bcaInterval } from "./interval.ts";
import { jackknife } from "./jackknife.ts";
import { countTable, f1 } from "./metric.ts";
import { pairedBootstrap } from "./paired_bootstrap.ts";
import { momentsOf, shareOf } from "./replicates.ts";
import { assertClose, drawCorpus, toyA, toyB } from "./testdata/toy_counts.ts";

const options = { key: ["paired"] };
const variants = ["koehn", "bergKirkpatrick", "sacrebleu"] as const;

Deno.test("paired bootstrap: all 46,656 resamples of six sentences", () => {
  const found = pairedBootstrap(toyA, toyB, f1, options);
  assertClose(found.difference, .210526315789474, 1e-9);
  assertClose(found.koehn, 3562 / 46656, 1e-12);
  assertClose(found.bergKirkpatrick, 435 / 46656, 1e-12);
  assertClose(found.interval.low, -.071428571429, 1e-9);
  assertClose(found.interval.high, .387559808612, 1e-9);
  assert.deepEqual([found.resamples, found.exact], [46656, true]);
  const [[a], [b]] = bootstrap([toyA, toyB], [f1], options);
  const differences = { values: a.values.map((value, r) => value - b.values[r]), ways: a.ways };
  assertClose(shareOf(differences, (each) => each < -1e-12), 1968 / 46656, 1e-12);
  assertClose(momentsOf(differences).mean, .194941578989, 1e-9);
});

Deno.test("paired bootstrap: drawn resamples are within three standard errors of all", () => {
  const resamples = 20_000;
  const all = pairedBootstrap(toyA, toyB, f1, options);
  const drawn = pairedBootstrap(toyA, toyB, f1, { ...options, exact: false, resamples });
  assert.deepEqual([drawn.resamples, drawn.exact], [resamples, false]);
  for (const variant of variants) {
    const error = Math.sqrt(all[variant] * (1 - all[variant]) / resamples);
    // The mean that sacreBLEU subtracts is drawn too.
    assertClose(drawn[variant], all[variant], (variant === "sacrebleu" ? 6 : 3) * error + 1e-4);
  }
});

Deno.test("paired bootstrap: the other way round", () => {
  const found = pairedBootstrap(toyA, toyB, f1, options);
  const reversed = pairedBootstrap(toyB, toyA, f1, options);
  assertClose(reversed.difference, -found.difference, 1e-12);
  assertClose(reversed.koehn, 1 - 1968 / 46656, 1e-12); // P(Δ* ≥ 0)
  assertClose(reversed.sacrebleu, found.sacrebleu, 1e-12);
  assert.ok(reversed.bergKirkpatrick > .9);
});

Deno.test("paired bootstrap: BCa of a difference", () => {
  const [a, b] = drawCorpus(new CounterRandom("skewed"), 60, [.9, .6]);
  const { difference, interval } = pairedBootstrap(a, b, f1, { ...options, method: "bca" });
  const [[of], [against]] = bootstrap([a, b], [f1], options);
  const values = of.values.map((value, r) => value - against.values[r]);
  const left = jackknife([a], f1).map((value, i) => value - jackknife([b], f1)[i]);
  assert.deepEqual(interval, bcaInterval(difference, { values }, left));
  assert.equal(interval.method, "bca");
});

Deno.test("paired bootstrap: identical systems do not differ", () => {
  const [many] = drawCorpus(new CounterRandom("twins"), 200, [.7]);
  for (const table of [toyA, many]) {
    const found = pairedBootstrap(table, table, f1, options);
    assert.deepEqual(variants.map((variant) => found[variant]), [1, 1, 1]);
    assert.deepEqual([found.difference, found.interval.low, found.interval.high], [0, 0, 0]);
  }
});

Deno.test("paired bootstrap: undefined metrics", () => {
  const empty = countTable([[0, 0, 0], [0, 0, 0]]);
  const found = pairedBootstrap(empty, empty, f1, options);
  assert.deepEqual(variants.map((variant) => found[variant]), [NaN, NaN, NaN]);
  assert.equal(found.interval.method, "none");
  // The resample that takes the empty sentence twice, one of four, speaks against A.
  const [a, b] = [countTable([[1, 1, 1], [0, 0, 0]]), countTable([[0, 0, 1], [0, 0, 0]])];
  const some = pairedBootstrap(a, b, f1, options);
  assert.deepEqual([some.difference, some.koehn, some.bergKirkpatrick], [1, .25, .25]);
  assert.deepEqual([some.interval.low, some.interval.undefinedShare], [1, .25]);
});

Deno.test("paired bootstrap: test sets that differ are no pair", () => {
  assert.throws(() => pairedBootstrap(toyA, countTable([[1, 1, 1]]), f1, options), {
    message: "Cannot pair systems as their test sets differ: " +
      "system 1 has 6 sentences, system 2 has 1",
  });
});
