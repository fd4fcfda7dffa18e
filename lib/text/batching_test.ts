import { strict as assert } from "node:assert";
import {
  assembleBatch,
  epochBatches,
  evaluationBatches,
  maskedScore,
  noLabel,
  packSentences,
} from "./batching.ts";

const lengths = Array.from({ length: 103 }, (_, i) => 3 + (i * 37) % 29);
const encoded = packSentences(lengths.map((length, i) => ({
  inputIds: Array.from({ length }, (_, t) => 4 + (i + t) % 200),
  labels: Array.from({ length }, (_, t) => t % 3 === 1 ? t % 7 : noLabel),
})));

Deno.test("an epoch holds every sentence once, and depends on seed and epoch alone", () => {
  const order = epochBatches(encoded, { batchSize: 8, seed: 1, epoch: 0, poolBatches: 4 });
  assert.deepEqual(order.flat().sort((a, b) => a - b), lengths.map((_, i) => i));
  assert.deepEqual(
    order,
    epochBatches(encoded, { batchSize: 8, seed: 1, epoch: 0, poolBatches: 4 }),
  );
  for (const other of [{ seed: 2, epoch: 0 }, { seed: 1, epoch: 1 }]) {
    assert.notDeepEqual(order, epochBatches(encoded, { batchSize: 8, poolBatches: 4, ...other }));
  }
});

Deno.test("length buckets leave little padding", () => {
  const paddingOf = (batches: number[][]) => {
    const places = batches.reduce(
      (sum, batch) => sum + batch.length * Math.max(...batch.map((i) => lengths[i])),
      0,
    );
    return 1 - encoded.inputIds.length / places;
  };
  const bucketed = paddingOf(epochBatches(encoded, { batchSize: 8, seed: 1, epoch: 0 }));
  const plain = paddingOf(
    epochBatches(encoded, { batchSize: 8, seed: 1, epoch: 0, poolBatches: 1 }),
  );
  assert.ok(bucketed < 0.12 && plain > 0.3, `bucketed ${bucketed}, plain ${plain}`);
  assert.ok(paddingOf(evaluationBatches(encoded, 8)) < 0.1);
});

Deno.test("a batch holds ids, positions, mask and labelled rows at their places", () => {
  const small = packSentences([
    { inputIds: [0, 10, 11, 2], labels: [noLabel, 3, noLabel, noLabel] },
    { inputIds: [0, 12, 2], labels: [noLabel, 0, noLabel] },
  ]);
  const batch = assembleBatch(small, [1, 0], { padId: 1, firstPosition: 2 });
  assert.deepEqual([batch.B, batch.T], [2, 4]);
  assert.deepEqual([...batch.inputIds], [0n, 12n, 2n, 1n, 0n, 10n, 11n, 2n]);
  assert.deepEqual([...batch.positionIds], [2n, 3n, 4n, 1n, 2n, 3n, 4n, 5n]);
  assert.deepEqual([...batch.attentionBias], [0, 0, 0, maskedScore, 0, 0, 0, 0]);
  assert.deepEqual([...batch.labelPositions], [1n, 5n]);
  assert.deepEqual([...batch.labels], [0n, 3n]);
  const bert = assembleBatch(small, [1, 0], { padId: 9, firstPosition: 0 });
  assert.deepEqual([...bert.inputIds], [0n, 12n, 2n, 9n, 0n, 10n, 11n, 2n]);
  assert.deepEqual([...bert.positionIds], [0n, 1n, 2n, 0n, 0n, 1n, 2n, 3n]);
});
