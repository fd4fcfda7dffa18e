import { strict as assert } from "node:assert";
import { checkGradients, onCpu, opsOf } from "./gradient_check.ts";
import { gradientCases } from "./gradient_cases.ts";
import { input } from "./leaves.ts";
import type { Op } from "./primitive.ts";

for (const [op, list] of Object.entries(gradientCases)) {
  for (const check of list) {
    Deno.test(`${op}, ${check.name}: gradients match finite differences`, async () => {
      const inputs = Object.entries(check.inputs).map(([name, { dtype, dims }]) =>
        [name, input(name, dtype, dims)] as const
      );
      const ops = opsOf(check.build(Object.fromEntries(inputs)));
      assert.ok(ops.has(op as Op), `the case must build ${op}`);
      await checkGradients(check, onCpu);
    });
  }
}
