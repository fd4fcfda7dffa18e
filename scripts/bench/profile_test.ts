import { strict as assert } from "node:assert";
import { kernelTimes } from "./profile.ts";

Deno.test("kernel times add up by operator type, and are those of one run after the first", () => {
  const kernel = (op_name: string, ts: number, dur: number) => ({
    cat: "Node",
    name: `${op_name}_3_kernel_time`,
    ts,
    dur,
    args: { op_name },
  });
  const run = (ts: number, dur: number) => ({ cat: "Session", name: "model_run", ts, dur });
  const events = [
    ...[kernel("Add", 100, 9000), run(100, 9900)],
    ...[kernel("Add", 10_000, 1000), kernel("Gemm", 11_000, 2000), run(10_000, 9000)],
    { cat: "Node", name: "Gemm_3_fence_before", ts: 20_000, dur: 500, args: { op_name: "Gemm" } },
    ...[kernel("Gemm", 20_000, 3000), kernel("Gemm", 24_000, 2000), run(20_000, 9000)],
  ];
  assert.deepEqual(kernelTimes(events), [
    { opType: "Gemm", ms: 3.5, share: 0.875, count: 1.5 },
    { opType: "Add", ms: 0.5, share: 0.125, count: 0.5 },
  ]);
});
