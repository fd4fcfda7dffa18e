import { strict as assert } from "node:assert";
import { kernelTimes } from "./profile.ts";

Deno.test("kernel times add up by operator type, and are those of one run", () => {
  const kernel = (op_name: string, dur: number) => ({
    cat: "Node",
    name: `${op_name}_3_kernel_time`,
    dur,
    args: { op_name },
  });
  const run = { cat: "Session", name: "model_run", dur: 9000 };
  const other = { cat: "Node", name: "Gemm_3_fence_before", dur: 500, args: { op_name: "Gemm" } };
  const events = [kernel("Add", 1000), kernel("Gemm", 2000), run, other];
  assert.deepEqual(kernelTimes([...events, kernel("Gemm", 3000), kernel("Gemm", 2000), run]), [
    { opType: "Gemm", ms: 3.5, share: 0.875, count: 1.5 },
    { opType: "Add", ms: 0.5, share: 0.125, count: 0.5 },
  ]);
});
