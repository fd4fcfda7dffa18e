import { strict as assert } from "node:assert";
import { CounterRandom } from "../core/random.ts";
import { countTable, f1, ratio } from "./metric.ts";
import { randomize, randomizeMean, swappedDifferences } from "./randomization.ts";
import { assertClose, drawCorpus, toyA, toyB } from "./testdata/toy_counts.ts";
import reference from "../../tests/fixtures/statistics/randomization.json" with { type: "json" };

const options = { key: ["randomization"] };

Deno.test("randomization: all 64 swaps of six sentences", () => {
  const found = randomize(toyA, toyB, f1, options);
  assertClose(found.difference, .210526315789474, 1e-9);
  assert.equal(found.pBetter, 11 / 64);
  assert.equal(found.p, 22 / 64);
  assert.equal(found.exact, true);
  assert.equal(found.swaps, 64);
  const { differences } = swappedDifferences(toyA, toyB, f1, options);
  const above = found.difference + 1e-12;
  assert.equal(differences.filter((each) => each > above).length, 5);
  assert.equal(differences.filter((each) => Math.abs(each) > above).length, 10);
});

for (const { a, b, twoSided, better } of reference.cases) {
  Deno.test(`randomization: F1 over ${a.length} sentences as scipy enumerates it`, () => {
    const found = randomize(countTable(a), countTable(b), f1, options);
    assertClose(found.p, twoSided, reference.tolerance);
    assertClose(found.pBetter, better, reference.tolerance);
  });
}

Deno.test("randomization: drawn swaps are within three standard errors of all of them", () => {
  // Sentences that differ in what the metric does not read are too many to enumerate.
  const [a, b] = drawCorpus(new CounterRandom("swaps"), 15, [.75, .6]);
  const exact = randomize(a, b, f1, options);
  assert.ok(exact.exact && exact.p > .05 && exact.p < .9);
  const padded = [a, b].map(({ values }, system) =>
    countTable([
      ...Array.from({ length: 15 }, (_, i) => [...values.subarray(3 * i, 3 * i + 3), 0]),
      ...Array.from({ length: 20 }, () => [0, 0, 0, system]),
    ])
  );
  const drawn = randomize(padded[0], padded[1], f1, options);
  assert.deepEqual([drawn.exact, drawn.swaps], [false, 10_000]);
  for (const side of ["p", "pBetter"] as const) {
    const error = Math.sqrt(exact[side] * (1 - exact[side]) / 10_000);
    assertClose(drawn[side], exact[side], 3 * error + 1e-4);
  }
});

Deno.test("randomization: pairs of scores, as sentences of (score, 1)", () => {
  const [a, b] = [[.70, .72, .74, .69, .71], [.68, .73, .70, .69, .66]].map((scores) =>
    countTable(scores.map((score) => [score, 1]))
  );
  const found = randomize(a, b, ratio, options);
  assert.deepEqual([found.p, found.pBetter], [.25, .125]);
});

Deno.test("randomization: sentences that are equal need no swap", () => {
  const same = [toyA, toyB].map(({ values }) =>
    countTable([
      ...Array.from({ length: 500 }, (_, i) => [i % 2, 1, 1]),
      ...Array.from({ length: 6 }, (_, i) => [...values.subarray(3 * i, 3 * i + 3)]),
    ])
  );
  const found = randomize(same[0], same[1], f1, options);
  assert.ok(found.exact);
  assert.equal(found.swaps, 64);
});

Deno.test("randomization: identical systems, ties and undefined metrics", () => {
  const many = drawCorpus(new CounterRandom("twins"), 400, [.7, .7]);
  const twins = randomize(many[0], many[0], f1, options);
  assert.deepEqual([twins.difference, twins.p, twins.pBetter], [0, 1, 1]);
  // As good, not the same: A finds one, B the other.
  const [one, other] = [countTable([[1, 1, 1], [0, 0, 1]]), countTable([[0, 0, 1], [1, 1, 1]])];
  assert.equal(randomize(one, other, f1, options).p, 1);
  const empty = countTable([[0, 0, 0], [0, 0, 0]]);
  const none = randomize(empty, empty, f1, options);
  assert.deepEqual([none.difference, none.p, none.pBetter], [NaN, NaN, NaN]);
  // No gold entity: one system predicts, so the other's F1 is 0 / 0.
  const wrong = countTable([[0, 1, 0], [0, 0, 0]]);
  assert.ok(Number.isNaN(randomize(wrong, empty, f1, options).p));
  assert.throws(() => randomize(toyA, countTable([[1, 1]]), f1, options), {
    message: "Cannot swap counts of width 3 with counts of width 2",
  });
  assert.throws(() => randomize(toyA, toyB, f1, { ...options, swaps: 0 }), {
    message: "Cannot draw 0 swaps: it must be at least 1",
  });
});

Deno.test("randomization: p-values are uniform where systems are equally good", () => {
  const ps = Array.from({ length: 800 }, (_, corpus) => {
    const [a, b] = drawCorpus(new CounterRandom("null", corpus), 120, [.7, .7]);
    return randomize(a, b, f1, { key: ["null", corpus], swaps: 499 }).p;
  }).sort((x, y) => x - y);
  // Kolmogorov 1933: D √n ≤ 1.628 at p = .01
  const farthest = Math.max(...ps.map((p, i) => Math.max((i + 1) / 800 - p, p - i / 800)));
  assert.ok(farthest * Math.sqrt(800) < 1.628, `D √n is ${farthest * Math.sqrt(800)}`);
  const low = ps.filter((p) => p <= .05).length / 800;
  assertClose(low, .05, 3 * Math.sqrt(.05 * .95 / 800));
});

Deno.test("randomization of a mean: of one test set it is that one's, drawn", () => {
  const [a, b] = drawCorpus(new CounterRandom("mean"), 200, [.7, .6]);
  const one = randomizeMean([{ a, b, metric: f1 }], { key: ["mean"], swaps: 2000 });
  const alone = randomize(a, b, f1, { key: ["mean", 0], swaps: 2000, exact: false });
  assert.deepEqual(one, alone);
  const same = randomizeMean([{ a, b: a, metric: f1 }, { a: b, b, metric: f1 }], { key: ["same"] });
  assert.deepEqual([same.difference, same.p], [0, 1]);
  // What one test set gains, the other loses.
  const even = randomizeMean([{ a, b, metric: f1 }, { a: b, b: a, metric: f1 }], {
    key: ["even"],
    swaps: 500,
  });
  assert.deepEqual([even.difference, even.p], [0, 1]);
  assert.throws(() => randomizeMean([], { key: ["none"] }), {
    message: "Cannot average over 0 test sets",
  });
});
