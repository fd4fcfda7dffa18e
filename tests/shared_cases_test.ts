import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { CaseBench, caseNames, casesFolder } from "./shared_cases/case_bench.ts";
import { pipelineCases } from "./shared_cases/pipeline_cases.ts";
import { textCases } from "./shared_cases/text_cases.ts";

Deno.test({
  name: "every shared case has its expected outcome (needs ../shared/cases)",
  ignore: !existsSync(casesFolder),
  async fn(t) {
    const checks = { ...textCases, ...pipelineCases };
    assert.deepEqual(Object.keys(checks).sort(), caseNames());
    await using bench = await CaseBench.open();
    for (const [name, check] of Object.entries(checks)) {
      await t.step(name, () => check(bench.of(name)));
    }
  },
});
