import { strict as assert } from "node:assert";
import reference from "../../tests/fixtures/statistics/rank_correlations.json" with {
  type: "json",
};
import { langRankRelevance, ndcg } from "./ndcg.ts";
import { kendall, spearman, spearmanInterval } from "./rank_correlation.ts";
import { meanRanks } from "./ranks.ts";
import { assertClose } from "./testdata/toy_counts.ts";

const { tolerance, cases } = reference;

for (const { name, a, b, spearman: rho, kendall: tau, ranks } of cases) {
  Deno.test(`rank correlations: scipy's of ${name}`, () => {
    assert.deepEqual(meanRanks(a), ranks);
    for (const [found, [value, p]] of [[spearman(a, b), rho], [kendall(a, b), tau]] as const) {
      assertClose(found.value, value!, tolerance);
      if (p === null) assert.ok(Number.isNaN(found.p));
      else assertClose(found.p, p, tolerance);
    }
    const back = a.toReversed();
    assertClose(spearman(back, b.toReversed()).value, spearman(a, b).value, tolerance);
    assertClose(kendall(a.map((each) => -each), b).value, -kendall(a, b).value, tolerance);
  });
}

Deno.test("rank correlations: the values that are published", () => {
  const rho = spearman([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]);
  assertClose(rho.value, .8207826817, 1e-10);
  assertClose(rho.p, .0885870053, 1e-10);
  const tau = kendall([12, 2, 1, 12, 2], [1, 4, 7, 1, 0]);
  assertClose(tau.value, -.4714045208, 1e-10);
  assertClose(tau.p, .2827454599, 1e-10);
});

const without: [string, number[], number[]][] = [
  ["no pairs", [], []],
  ["one pair", [1], [2]],
  ["a side without an order", [1, 1, 1], [1, 2, 3]],
  ["both sides without one", [1, 1], [2, 2]],
];
for (const [name, a, b] of without) {
  Deno.test(`rank correlations: none of ${name}`, () => {
    for (const found of [spearman(a, b), kendall(a, b), spearman(b, a), kendall(b, a)]) {
      assert.deepEqual(found, { value: NaN, p: NaN });
    }
  });
}

Deno.test("rank correlations: infinite values have their order, NaN has none", () => {
  assert.equal(spearman([-Infinity, 0, Infinity], [1, 2, 3]).value, 1);
  assert.equal(kendall([-Infinity, 0, Infinity], [3, 2, 1]).value, -1);
  assert.equal(spearman([Infinity, Infinity, 0], [2, 2, 1]).value, 1);
  assert.throws(() => spearman([NaN, 1], [1, 2]), /^RangeError: Cannot rank NaN: value 1 of 2$/);
  assert.throws(() => kendall([1, 2], [1, NaN]), RangeError);
  assert.throws(() => kendall([1], [1, 2]), /Cannot correlate 1 values with 2/);
});

Deno.test("an interval of rho is Bonett and Wright's, and none where it cannot be told", () => {
  // tanh(atanh .5 ± 1.959963984540054 √(1.125 / 25)), as Python has it.
  const { low, high } = spearmanInterval(.5, 28);
  assertClose(low, .13274690372229858, 1e-12);
  assertClose(high, .746533057841545, 1e-12);
  assert.ok(spearmanInterval(.5, 28, .99).low < low);
  for (const [rho, pairs] of [[.5, 3], [1, 20], [-1, 20], [NaN, 20]]) {
    assert.deepEqual(spearmanInterval(rho, pairs), { low: NaN, high: NaN });
  }
});

for (const { name, relevance, scores, at3 } of reference.ndcg) {
  Deno.test(`NDCG@3: ${name}`, () => {
    assertClose(ndcg(relevance, scores, 3), at3, tolerance);
    const order = [...relevance.keys()].reverse();
    const moved = ndcg(order.map((i) => relevance[i]), order.map((i) => scores[i]), 3);
    assertClose(moved, at3, tolerance);
  });
}

Deno.test("relevance is 10 for the best source, 1 for the tenth, shared by ties", () => {
  const scores = Array.from({ length: 12 }, (_, i) => 100 - i);
  assert.deepEqual(langRankRelevance(scores), [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0]);
  assert.deepEqual(langRankRelevance([5, 9, 9]), [8, 9.5, 9.5]);
  assert.ok(Number.isNaN(ndcg([0, 0], [1, 2], 3)));
  assert.throws(() => ndcg([1], [1, 2], 3), /Cannot rank 1 items by 2 values/);
});
