import { strict as assert } from "node:assert";
import { resultsReadme } from "./write_results_readme.ts";

Deno.test("results/README.md says what the stages write now (deno run -A scripts/write_results_readme.ts)", async () => {
  const written = await Deno.readTextFile(new URL("../results/README.md", import.meta.url));
  assert.equal(written, await resultsReadme());
});
