import { strict as assert } from "node:assert";
import { callEnd, untilDivergence } from "./engine.ts";

/** The calls of a training, as the steps at which they end. */
function callEnds(
  steps: number,
  epochSteps: number,
  stepsPerCall: number,
  every: number,
): number[] {
  const isScored = (step: number) => (step + 1) % every === 0;
  const ends: number[] = [];
  for (let at = 0; at < steps;) {
    const epochEnd = Math.min(steps, (Math.floor(at / epochSteps) + 1) * epochSteps);
    at = callEnd(at, { stepsPerCall, epochEnd, isScored });
    ends.push(at);
  }
  return ends;
}

Deno.test("calls are as long as the engine likes, and end with epochs and before scores", () => {
  assert.deepEqual(callEnds(10, 10, 1, 99), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.deepEqual(callEnds(10, 10, 4, 99), [4, 8, 10]);
  assert.deepEqual(callEnds(10, 6, 4, 99), [4, 6, 10]);
  assert.deepEqual(callEnds(10, 10, 4, 3), [3, 6, 9, 10]);
  assert.deepEqual(callEnds(10, 10, 100, 5), [5, 10]);
});

Deno.test("outcomes end with the first that is not finite", () => {
  const good = { loss: 1, gradientNorm: 2, skipped: false };
  const bad = { ...good, gradientNorm: NaN };
  assert.deepEqual(untilDivergence([good, good]), [good, good]);
  assert.deepEqual(untilDivergence([good, bad, good]), [good, bad]);
});
