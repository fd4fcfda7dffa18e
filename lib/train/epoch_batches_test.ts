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
    { inputIds: [0, 10, 11, 13, 14, 2], labels: [noLabel, 3, noLabel, noLabel, 4, noLabel] },
    { inputIds: [0, 12, 2], labels: [noLabel, 0, noLabel] },
    { inputIds: [0, 2], labels: [5, noLabel] },
  ]);
  // The long one fills a row; the two others share one, with one place left.
  const batch = assembleBatch(small, [1, 0, 2], { padId: 1, firstPosition: 2 });
  assert.deepEqual([batch.B, batch.T, batch.pieces], [2, 6, 11]);
  assert.deepEqual([...batch.inputIds.slice(0, 6)], [0n, 10n, 11n, 13n, 14n, 2n]);
  assert.deepEqual([...batch.inputIds.slice(6)], [0n, 12n, 2n, 0n, 2n, 1n]);
  assert.deepEqual([...batch.positionIds.slice(6)], [2n, 3n, 4n, 2n, 3n, 1n]);
  assert.deepEqual([...batch.labelPositions], [7n, 1n, 4n, 9n]);
  assert.deepEqual([...batch.labels], [0n, 3n, 4n, 5n]);
  assert.deepEqual(batch.labelSentences, [1, 0, 0, 2]);
  const seen = Array.from(batch.attentionBias, (bias) => bias === 0 ? 1 : 0);
  assert.ok(batch.attentionBias.every((bias) => bias === 0 || bias === maskedScore));
  assert.deepEqual(seen.slice(0, 36), Array(36).fill(1));
  const [first, second, none] = [[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 0], [0, 0, 0, 0, 0, 0]];
  assert.deepEqual(seen.slice(36), [first, first, first, second, second, none].flat());
  const bert = assembleBatch(small, [1, 2], { padId: 9, firstPosition: 0 });
  assert.deepEqual([...bert.inputIds], [0n, 12n, 2n, 0n, 2n, 9n]);
  assert.deepEqual([...bert.positionIds], [0n, 1n, 2n, 0n, 1n, 0n]);
});
