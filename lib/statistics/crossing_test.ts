import { strict as assert } from "node:assert";
import { crossingOf } from "./crossing.ts";

const sizes = [250, 500, 1000, 2000, 4000];

Deno.test("a crossing lies on the straight line over the logarithms of the sizes", () => {
  assert.equal(crossingOf(sizes, [10, 20, 30, 40, 50], 30), 1000);
  // Halfway between 500 and 1,000 by their logarithms.
  assert.ok(Math.abs(crossingOf(sizes, [10, 20, 30, 40, 50], 25) - 500 * Math.SQRT2) < 1e-9);
  assert.ok(Math.abs(crossingOf([100, 10_000], [0, 10], 5) - 1000) < 1e-9);
  // A curve that falls again has reached the level where it first did.
  assert.equal(crossingOf(sizes, [10, 30, 20, 40, 50], 30), 500);
});

Deno.test("a curve that is above from the start, or never, has no crossing between its sizes", () => {
  assert.equal(crossingOf(sizes, [30, 20, 30, 40, 50], 30), 0);
  assert.equal(crossingOf(sizes, [10, 20, 30, 40, 50], 50.1), Infinity);
  assert.ok(Number.isNaN(crossingOf(sizes, [10, NaN, 30, 40, 50], 5)));
  assert.ok(Number.isNaN(crossingOf(sizes, [10, 20, 30, 40, 50], NaN)));
});

Deno.test("sizes that do not ascend are refused", () => {
  for (const wrong of [[], [0, 1], [2, 2], [2, 1], [NaN, 1]]) {
    assert.throws(() => crossingOf(wrong, wrong, 1), RangeError);
  }
  assert.throws(() => crossingOf([1, 2], [1], 1), RangeError);
});
