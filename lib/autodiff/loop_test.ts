import { strict as assert } from "node:assert";
import type { HostTensor } from "../onnx/dtype.ts";
import { Session } from "../onnx/session.ts";
import { add, mul } from "./elementwise.ts";
import { input } from "./leaves.ts";
import { loopFeeds, lowerLoop } from "./loop.ts";
import { cudaLowerings } from "./lower_cuda.ts";
import { reduceSum } from "./shapes.ts";

const float32 = (dims: number[], ...data: number[]): HostTensor => ({
  dtype: "float32",
  dims,
  data: Float32Array.from(data),
});

const state = input("state", "float32", [2]);
const x = input("x", "float32", ["N", 2]);
const factor = input("factor", "float32", []);
const stepNumber = input("stepNumber", "float32", []);

/** state' = state + factor · Σ rows of x + step, and the sum of the old state. */
function model(): Uint8Array {
  return lowerLoop("steps", cudaLowerings, {
    carried: [{
      before: state,
      after: add(add(state, mul(factor, reduceSum(x, [0]))), stepNumber),
    }],
    perStep: [x],
    fixed: [factor],
    computed: [{ tensor: stepNumber, make: (context, step) => context.cast(step, "float32") }],
    outputs: { sum: reduceSum(state) },
  });
}

Deno.test("a loop carries its state over steps of unlike size", async () => {
  const session = await Session.create(model(), { threads: 1 });
  const feeds = [
    { x: float32([1, 2], 1, 2) },
    { x: float32([3, 2], 1, 0, 1, 0, 1, 1) },
    { x: float32([2, 2], 0, 5, 0, 5) },
  ];
  const results = await session.run({
    state: float32([2], 100, 200),
    factor: float32([], 10),
    ...loopFeeds([x], [7, 8, 9], feeds, [{ N: 1 }, { N: 3 }, { N: 2 }]),
  });
  // After step 7: [117, 227]; after 8: [155, 245]; after 9: [164, 354].
  assert.deepEqual([...results["next.state"].data], [164, 354]);
  assert.deepEqual([...results.sum.data], [300, 344, 400]);
  await session.release();
});

Deno.test("feeds that do not fit their step are named", () => {
  assert.throws(() => loopFeeds([x], [4], [{ x: float32([3], 1, 2, 3) }], [{ N: 3 }]), {
    message: 'Cannot feed "x" of step 4 as it must be float32 [3,2]: got float32 [3]',
  });
});
