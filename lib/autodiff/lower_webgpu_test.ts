import { strict as assert } from "node:assert";
import { webgpuTest } from "../onnx/webgpu_test_case.ts";
import type { HostTensor } from "../onnx/dtype.ts";
import { Session } from "../onnx/session.ts";
import { gradientCases } from "./gradient_cases.ts";
import { checkGradients } from "./gradient_check.ts";
import { input } from "./leaves.ts";
import { logSoftmax, logSumExp } from "./normalisation.ts";
import { lowerWebgpu } from "./lower_webgpu.ts";
import type { Precision } from "./lowering.ts";
import { linear } from "./products.ts";

for (const [op, list] of Object.entries(gradientCases)) {
  for (const check of list) {
    webgpuTest(
      `${op}, ${check.name}: gradients match finite differences on webgpu`,
      () => checkGradients(check, { lower: lowerWebgpu, provider: "webgpu" }),
    );
  }
}

function wave(dims: readonly number[], frequency: number): HostTensor {
  const size = dims.reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length: size }, (_, i) => Math.sin(frequency * i * i) / 3);
  return { dtype: "float32", dims, data };
}

webgpuTest("float16 rounds products to three digits on webgpu, and no further", async () => {
  const x = input("x", "float32", [5, 8]), w = input("w", "float32", [3, 8]);
  const b = input("b", "float32", [3]);
  const feeds = { x: wave([5, 8], 1), w: wave([3, 8], 2), b: wave([3], 3) };
  const valuesOf = async (precision: Precision) => {
    const model = lowerWebgpu("linear", [x, w, b], { y: linear(x, w, b) }, { precision });
    const session = await Session.create(model, { provider: "webgpu" });
    const { y } = await session.run(feeds);
    await session.release();
    return Array.from(y.data, Number);
  };
  const exact = await valuesOf("float32"), rounded = await valuesOf("float16");
  const largest = Math.max(...exact.map((value, i) => Math.abs(value - rounded[i])));
  assert.ok(largest > 1e-6 && largest < 2e-3, `largest error ${largest}`);
}, { float16: true });

webgpuTest("numbers far apart have a right logSoftmax and logSumExp on webgpu", async () => {
  const x = input("x", "float32", [1, 3]);
  const model = lowerWebgpu("logs", [x], { y: logSoftmax(x), sum: logSumExp(x) });
  const session = await Session.create(model, { provider: "webgpu" });
  const data = Float32Array.of(1000, 800, -1000);
  const { y, sum } = await session.run({ x: { dtype: "float32", dims: [1, 3], data } });
  assert.deepEqual([...y.data], [0, -200, -2000]);
  assert.deepEqual([[...sum.data], sum.dims], [[1000], [1]]);
  await session.release();
});
