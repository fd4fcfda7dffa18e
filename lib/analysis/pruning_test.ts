import { strict as assert } from "node:assert";
import { CounterRandom } from "../core/random.ts";
import { floatTensor } from "../onnx/dtype.ts";
import { Pruner, pruningThreshold } from "./pruning.ts";

function weightsOf(...tensors: number[][]) {
  return new Map(
    tensors.map((values, i) => [`w${i}`, floatTensor([values.length], Float32Array.from(values))]),
  );
}

const dataOf = (weights: ReturnType<typeof weightsOf>) =>
  [...weights.values()].map(({ data }) => [...data]);

Deno.test("the weights of least magnitude of all tensors go first, and of equal ones the first", () => {
  const weights = weightsOf([3, -1, 0.5, -4], [2, 1, -0.25, 8, -1, 9]);
  const pruner = new Pruner(weights);
  assert.equal(pruner.size, 10);
  pruner.prune(0);
  assert.deepEqual(dataOf(weights), [[3, -1, 0.5, -4], [2, 1, -0.25, 8, -1, 9]]);
  pruner.prune(10);
  assert.deepEqual(dataOf(weights), [[3, -1, 0.5, -4], [2, 1, 0, 8, -1, 9]]);
  pruner.prune(40); // -0.25, 0.5, and the first two of -1, 1 and -1
  assert.deepEqual(dataOf(weights), [[3, 0, 0, -4], [2, 0, 0, 8, -1, 9]]);
  pruner.prune(50);
  assert.deepEqual(dataOf(weights), [[3, 0, 0, -4], [2, 0, 0, 8, 0, 9]]);
  pruner.prune(100);
  assert.deepEqual(dataOf(weights).flat(), Array(10).fill(0));
});

Deno.test("weights that are 0 from the start are pruned first", () => {
  const weights = weightsOf([0, 5, 0, 0, -2, 1]);
  const pruner = new Pruner(weights);
  pruner.prune(50);
  assert.deepEqual(dataOf(weights), [[0, 5, 0, 0, -2, 1]]);
  pruner.prune(67);
  assert.deepEqual(dataOf(weights), [[0, 5, 0, 0, -2, 0]]);
});

Deno.test("pruning step by step comes to the same as pruning at once", () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = new CounterRandom("pruning", seed);
    // Few values, so that many are equal.
    const values = Array.from(
      { length: 3 },
      () => Array.from({ length: 1 + random.integer(20) }, () => random.integer(7) - 3),
    );
    const [steps, once] = [weightsOf(...values), weightsOf(...values)];
    const share = 10 * random.integer(11);
    const pruner = new Pruner(steps);
    for (let each = 0; each <= share; each += 10) pruner.prune(each);
    new Pruner(once).prune(share);
    assert.deepEqual(dataOf(steps), dataOf(once));
    const zeros = dataOf(once).flat().filter((value) => value === 0).length;
    assert.ok(zeros >= Math.floor(share / 100 * pruner.size));
  }
});

for (
  const [f1, threshold] of [
    [[80, 80, 79.5, 79, 70], 30],
    [[80, 78.9, 80, 80, 80], 0], // it was over-pruned before it came back
    [[80, 81, 80, 82, 79], 40],
    [[0, 0, 0, 0, 0], null], // nothing to lose
    [[1, 0, 0], null],
    [[80], 0],
  ] as const
) {
  Deno.test(`F1 of ${f1.join(", ")} in steps of 10 % is over-pruned above ${threshold} %`, () => {
    assert.equal(pruningThreshold(f1.map((f1, i) => ({ pruned: 10 * i, f1 })), 1), threshold);
  });
}
