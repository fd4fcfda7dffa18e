import { strict as assert } from "node:assert";
import { type Round, summarize } from "./comparison.ts";
import type { OurStep } from "./our_steps.ts";
import { rangeOf } from "./ranges.ts";
import { rows } from "./rows.ts";

const mib = 2 ** 20;

function step(ms: number): OurStep {
  const runtime = 0.75 * ms, optimizer = 0.125 * ms;
  return {
    loss: 1,
    ms,
    parts: { runtime, optimizer, batch: 0, masks: 0.125 * ms, feeds: 0, rows: 0 },
    rows: 10,
    operations: 6e6,
  };
}

function round(from: number, ours: number[], torch: number[]): Round {
  return {
    from,
    rate: 1e8 * (from + 1),
    our: { steps: ours.map(step), residentBytes: 1, peakBytes: (from + 1) * mib },
    their: { steps: torch.map((ms) => ({ loss: 1, ms })), peakBytes: 4 * mib },
  };
}

Deno.test("the median is the middle value, or the mean of the middle two", () => {
  assert.deepEqual(rangeOf([5, 1, 3]), { median: 3, least: 1, greatest: 5 });
  assert.deepEqual(rangeOf([4, 1, 2, 9]), { median: 3, least: 1, greatest: 9 });
});

Deno.test("speed counts real tokens of a round's batches, and sides compare within rounds", () => {
  const sentence = (length: number) => ({
    inputIds: Array.from({ length }, () => 5),
    labels: Array.from({ length }, () => 0),
  });
  // Batches of 3 + 5 and 2 tokens, again and again.
  const batches = {
    sentences: [sentence(3), sentence(5), sentence(2)],
    batches: [[0, 1], [2]],
  };
  const result = summarize(rows[0], batches, [
    round(0, [100, 100], [400, 100]),
    round(2, [50, 50], [100, 100]),
    round(4, [200, 300], [500, 500]),
  ]);
  assert.deepEqual(result.ratio, { median: 2, least: 2, greatest: 2.5 });
  assert.equal(result.ours.tokensPerSecond, 50);
  assert.equal(result.torch.tokensPerSecond, 20);
  assert.equal(result.ours.peakBytes, 5 * mib);
  assert.equal(result.torch.peakBytes, 4 * mib);
  assert.equal(result.tokens, 5);
  assert.equal(result.rows, 10);
  assert.equal(result.achieved, 6e7);
  assert.equal(result.products, 3e8);
  assert.equal(result.stepMs, 800 / 6);
  assert.ok(Math.abs(result.parts.runtime - 100) < 1e-9);
});
