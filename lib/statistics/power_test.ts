import { strict as assert } from "node:assert";
import { CounterRandom } from "../core/random.ts";
import { countTable, f1, ratio } from "./metric.ts";
import { normalCdf } from "./normal.ts";
import { power } from "./power.ts";
import { assertClose, drawCorpus } from "./testdata/toy_counts.ts";

const key = ["power"];

Deno.test("power: of a mean it is what the normal distribution says", () => {
  const random = new CounterRandom("normal sentences");
  const rows = Array.from({ length: 2000 }, () => random.normal());
  const mean = rows.reduce((sum, each) => sum + each, 0) / 2000;
  const deviation = Math.sqrt(rows.reduce((sum, each) => sum + (each - mean) ** 2, 0) / 2000);
  // A is better by a fifth of a deviation.
  const a = countTable(rows.map((each) => [(each - mean) / deviation + .2, 1]));
  const b = countTable(rows.map(() => [0, 1]));
  const plans = power([a], [b], ratio, { key, sentences: [50, 200, 400], seeds: [1] });
  for (const { sentences, power: found, reversed } of plans) {
    const expected = normalCdf(.2 * Math.sqrt(sentences) - 1.96);
    assertClose(found, expected, 3 * Math.sqrt(expected * (1 - expected) / 400) + .01);
    assert.ok(reversed <= .02);
  }
});

Deno.test("power: more sentences help, and more seeds where seeds are what varies", () => {
  const random = new CounterRandom("seeds that vary");
  const tables = drawCorpus(random, 400, [.66, .78, .70, .74, .58, .70, .62, .68]);
  const [a, b] = [tables.slice(0, 4), tables.slice(4)];
  const plans = power(a, b, f1, { key, sentences: [100, 400], seeds: [2, 4, 8], simulations: 200 });
  assert.deepEqual(
    plans.map(({ sentences, seeds }) => [sentences, seeds]),
    [[100, 2], [100, 4], [100, 8], [400, 2], [400, 4], [400, 8]],
  );
  const found = plans.map((plan) => plan.power);
  assert.ok(found[5] > found[4] + .1 && found[4] > found[3], `${found}`);
  assert.ok(found[5] > found[2], `${found}`);
  const again = power(a, b, f1, { key, sentences: [400], seeds: [4], simulations: 200 });
  assert.deepEqual(again, [plans[4]]);
});

Deno.test("power: identical systems are never told apart", () => {
  const [a] = drawCorpus(new CounterRandom("same"), 50, [.7]);
  assert.deepEqual(power([a], [a], f1, { key, sentences: [100], seeds: [1], simulations: 20 }), [
    { sentences: 100, seeds: 1, power: 0, reversed: 0, error: 0 },
  ]);
});

Deno.test("power: nothing says how a single seed varies", () => {
  const [a, b, more] = drawCorpus(new CounterRandom("one"), 50, [.7, .6, .6]);
  assert.throws(() => power([a], [b, more], f1, { key, sentences: [50], seeds: [1, 3] }), {
    name: "RangeError",
    message: "Cannot plan 3 seeds of a system that has run with one: run two",
  });
});
