import { strict as assert } from "node:assert";
import { epochBatches } from "./epoch_batches.ts";

const lengths = Array.from({ length: 103 }, (_, i) => 3 + (i * 37) % 29);

Deno.test("an epoch holds every sentence once, and depends on seed and epoch alone", () => {
  const order = epochBatches(lengths, { batchSize: 8, seed: 1, epoch: 0, poolBatches: 4 });
  assert.deepEqual(order.flat().sort((a, b) => a - b), lengths.map((_, i) => i));
  assert.deepEqual(
    order,
    epochBatches(lengths, { batchSize: 8, seed: 1, epoch: 0, poolBatches: 4 }),
  );
  for (const other of [{ seed: 2, epoch: 0 }, { seed: 1, epoch: 1 }]) {
    assert.notDeepEqual(order, epochBatches(lengths, { batchSize: 8, poolBatches: 4, ...other }));
  }
});

Deno.test("length buckets leave little padding", () => {
  const paddingOf = (batches: number[][]) => {
    const places = batches.reduce(
      (sum, batch) => sum + batch.length * Math.max(...batch.map((i) => lengths[i])),
      0,
    );
    return 1 - lengths.reduce((a, b) => a + b, 0) / places;
  };
  const bucketed = paddingOf(epochBatches(lengths, { batchSize: 8, seed: 1, epoch: 0 }));
  const plain = paddingOf(
    epochBatches(lengths, { batchSize: 8, seed: 1, epoch: 0, poolBatches: 1 }),
  );
  assert.ok(bucketed < 0.12 && plain > 0.3, `bucketed ${bucketed}, plain ${plain}`);
});
