import { strict as assert } from "node:assert";
import { type BatchOrder, batchOrders, epochBatches } from "./epoch_batches.ts";

const lengths = Array.from({ length: 103 }, (_, i) => 3 + (i * 37) % 29);

for (const order of batchOrders) {
  Deno.test(`an epoch in order ${order} holds every sentence once, by seed and epoch alone`, () => {
    const batches = (seed: number, epoch: number) =>
      epochBatches(lengths, { batchSize: 8, order, seed, epoch, poolBatches: 4 });
    const first = batches(1, 0);
    assert.deepEqual(first.flat().sort((a, b) => a - b), lengths.map((_, i) => i));
    assert.deepEqual(first.map(({ length }) => length).sort((a, b) => a - b), [
      7,
      ...new Array(12).fill(8),
    ]);
    assert.deepEqual(first, batches(1, 0));
    assert.notDeepEqual(first, batches(2, 0));
    assert.notDeepEqual(first, batches(1, 1));
  });
}

Deno.test("batches of like length have little padding, random ones a lot", () => {
  const paddingOf = (order: BatchOrder) => {
    const batches = epochBatches(lengths, { batchSize: 8, order, seed: 1, epoch: 0 });
    const places = batches.reduce(
      (sum, batch) => sum + batch.length * Math.max(...batch.map((i) => lengths[i])),
      0,
    );
    return 1 - lengths.reduce((a, b) => a + b, 0) / places;
  };
  const alike = paddingOf("length"), random = paddingOf("random");
  assert.ok(alike < 0.12 && random > 0.3, `of like length ${alike}, random ${random}`);
});
