import { strict as assert } from "node:assert";
import { join } from "node:path";
import loaded from "../../tests/fixtures/adapters_in_python.json" with { type: "json" };
import { sha256File } from "../../lib/core/sha256.ts";
import { writeAdapters } from "./write_adapters.ts";

Deno.test("adapters and LoRA are written as AdapterHub and PEFT have loaded them, and said the same", async () => {
  const folder = await Deno.makeTempDir();
  try {
    assert.deepEqual(await writeAdapters(folder), Object.keys(loaded.cases));
    for (const [name, { largestDifference, files }] of Object.entries(loaded.cases)) {
      assert.ok(largestDifference <= loaded.tolerance, name);
      const digests: Record<string, string> = {};
      for (const file of Object.keys(files)) {
        digests[file] = (await sha256File(join(folder, name, file))).digest;
      }
      assert.deepEqual(digests, files, name);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
