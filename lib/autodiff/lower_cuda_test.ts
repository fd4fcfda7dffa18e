import { strict as assert } from "node:assert";
import { decodeModel } from "../onnx/model_proto.ts";
import { Session } from "../onnx/session.ts";
import { withoutCudaKernel } from "./cuda_kernels.ts";
import { gradientCases } from "./gradient_cases.ts";
import { checkGradients } from "./gradient_check.ts";
import { add } from "./elementwise.ts";
import { input } from "./leaves.ts";
import { lowerCpu } from "./lower_cpu.ts";
import { lowerCuda } from "./lower_cuda.ts";
import { gemm, linear } from "./products.ts";

/** As lowerCuda, with a look at the operators. */
const checkedLowering: typeof lowerCpu = (...given) => {
  const model = lowerCuda(...given);
  assert.deepEqual(withoutCudaKernel(model), []);
  return model;
};

for (const [op, list] of Object.entries(gradientCases)) {
  for (const check of list) {
    Deno.test(`${op}, ${check.name}: the cuda graph's gradients match, on the cpu provider`, () =>
      checkGradients(check, { lower: checkedLowering, provider: "cpu" }));
  }
}

const x = input("x", "float32", ["N", 8]), w = input("w", "float32", [8, 8]);
const b = input("b", "float32", [8]);
const products = add(linear(x, w, b), gemm(x, w));

Deno.test("float16 rounds the operands of products once each, and nothing else", () => {
  const { nodes } = decodeModel(
    lowerCuda("half", [x, w, b], { y: products }, { precision: "float16" }),
  );
  const castsTo = nodes.filter(({ opType }) => opType === "Cast")
    .map(({ inputs, attributes: { to } }) => [inputs[0], to.kind === "int" && to.value]);
  assert.deepEqual(castsTo, [
    ["x", 10],
    ["w", 10],
    ["b", 10],
    ["Gemm", 1],
    ["Gemm_1", 1],
  ]);
});

Deno.test("bfloat16 is float16 with another cast, which the cpu provider has no products for", async () => {
  const [half, brain] = (["float16", "bfloat16"] as const).map((precision) =>
    lowerCuda("products", [x, w, b], { y: products }, { precision })
  );
  const shapeOf = (model: Uint8Array) =>
    decodeModel(model).nodes.map(({ opType, inputs, outputs }) => [opType, inputs, outputs]);
  assert.deepEqual(
    shapeOf(brain).map(([opType]) => opType),
    shapeOf(half).map(([opType]) => opType),
  );
  // The runtime knows the types of the whole graph before it looks for kernels.
  await assert.rejects(Session.create(brain), /Could not find an implementation for Gemm/);
});
