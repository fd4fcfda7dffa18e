import { strict as assert } from "node:assert";
import { judgeMutant, pipelineFiles } from "./fuzz/judge_mutant.ts";
import { mutant } from "./fuzz/mutant.ts";

Deno.test("1,000 damaged pipeline files are planned or refused, never worse", async () => {
  const folder = await Deno.makeTempDir();
  const files = await pipelineFiles();
  const endings = { planned: 0, refused: 0, broken: 0 };
  for (let index = 0; index < 1_000; index++) {
    const { kind, message } = await judgeMutant(files, 2, index, `${folder}/pipeline.yaml`);
    assert.notEqual(kind, "broken", `#${index}: ${message}`);
    endings[kind]++;
  }
  await Deno.remove(folder, { recursive: true });
  assert.ok(endings.planned > 50 && endings.refused > 500, JSON.stringify(endings));
});

Deno.test("a damaged file is the same for the same seed and index", async () => {
  const files = await pipelineFiles();
  assert.deepEqual(mutant(files, 1, 7), mutant(files, 1, 7));
  assert.notDeepEqual(mutant(files, 1, 7), mutant(files, 2, 7));
});
