import { strict as assert } from "node:assert";
import { CounterRandom } from "../core/random.ts";
import { compareSystems } from "./comparison.ts";
import { countTable, f1, ratio } from "./metric.ts";
import { pairedT } from "./paired_t.ts";
import { pairedBootstrap } from "./paired_bootstrap.ts";
import { studentTwoSided } from "./student_t.ts";
import { assertClose, drawCorpus, toyA } from "./testdata/toy_counts.ts";

const scored = (scores: readonly number[]) => countTable(scores.map((score) => [score, 1]));

Deno.test("comparison: of means over sentences it is the paired t test", () => {
  const [a, b] = [[.70, .72, .74, .69, .71], [.68, .73, .70, .69, .66]];
  const found = compareSystems([scored(a)], [scored(b)], ratio);
  assertClose(found.difference, .02, 1e-12);
  assertClose(found.p, pairedT(a, b).p, 1e-10);
});

Deno.test("comparison: of F1 its standard error is the bootstrap's", () => {
  const [a, b] = drawCorpus(new CounterRandom("compared"), 400, [.75, .7]);
  const found = compareSystems([a], [b], f1);
  const { interval } = pairedBootstrap(a, b, f1, { key: ["compared"], resamples: 4000 });
  assertClose((interval.high - interval.low) / (2 * 1.96 * found.standardError), 1, .07);
});

Deno.test("comparison: seeds add their variance, by Welch", () => {
  // Sentences all alike: only seeds vary, so it is Welch's test of their scores.
  const seeds = (scores: readonly number[]) => scores.map((score) => scored([score, score, score]));
  const found = compareSystems(seeds([.70, .72, .74]), seeds([.66, .71, .65, .62]), ratio);
  // scipy.stats.ttest_ind([.70, .72, .74], [.66, .71, .65, .62], equal_var=False)
  assertClose(found.p, 0.04413721965112782, 1e-9);
  assertClose(found.difference, .06, 1e-12);
  assertClose(
    studentTwoSided(found.difference / found.standardError, 4.698324022346371),
    0.04413721965112782,
    1e-9,
  );
});

Deno.test("comparison: nothing varies, nothing differs, nothing is known", () => {
  const many = drawCorpus(new CounterRandom("same"), 50, [.7])[0];
  const same = compareSystems([many], [many], f1);
  assert.deepEqual([same.difference, same.p], [0, 1]);
  const [right, wrong] = [1, 0].map((score) => [scored([score, score, score, score])]);
  assert.deepEqual(compareSystems(right, wrong, ratio), {
    difference: 1,
    standardError: 0,
    p: 1 / 8,
  });
  assert.ok(Number.isNaN(compareSystems([scored([1])], [scored([0])], ratio).p));
  const empty = countTable([[0, 0, 0], [0, 0, 0]]);
  assert.ok(Number.isNaN(compareSystems([empty], [empty], f1).p));
  assert.throws(() => compareSystems([], [toyA], f1), { message: "Cannot compare 0 seeds" });
});

Deno.test("comparison: p-values are uniform where systems are equally good", () => {
  const ps = Array.from({ length: 1500 }, (_, corpus) => {
    const [a, b] = drawCorpus(new CounterRandom("null", corpus), 120, [.7, .7]);
    return compareSystems([a], [b], f1).p;
  }).sort((x, y) => x - y);
  const farthest = Math.max(...ps.map((p, i) => Math.max((i + 1) / 1500 - p, p - i / 1500)));
  assert.ok(farthest * Math.sqrt(1500) < 1.628, `D √n is ${farthest * Math.sqrt(1500)}`);
});
