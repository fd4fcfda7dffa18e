import { webgpuTest } from "../onnx/adapter.ts";
import { gradientCases } from "./gradient_cases.ts";
import { checkGradients } from "./gradient_check.ts";
import { lowerWebgpu } from "./lower_webgpu.ts";

for (const [op, list] of Object.entries(gradientCases)) {
  for (const check of list) {
    webgpuTest(
      `${op}, ${check.name}: gradients match finite differences on webgpu`,
      () => checkGradients(check, { lower: lowerWebgpu, provider: "webgpu" }),
    );
  }
}
