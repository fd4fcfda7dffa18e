import { strict as assert } from "node:assert";
import { join } from "node:path";
import { tinyMirror, writeTinyEncoder } from "./write_tiny_encoder.ts";

Deno.test("the tiny encoder that lies in the project is the one that its script writes", async () => {
  const mirror = await Deno.makeTempDir();
  try {
    await writeTinyEncoder(mirror);
    const folder = "huggingface.co/crosstie/tiny/resolve/v1";
    for (const name of ["config.json", "tokenizer.json", "tokenizer_config.json"]) {
      const [written, kept] = await Promise.all(
        [mirror, tinyMirror].map((root) => Deno.readTextFile(join(root, folder, name))),
      );
      assert.equal(written, kept, name);
    }
    const [written, kept] = await Promise.all(
      [mirror, tinyMirror].map((root) => Deno.readFile(join(root, folder, "model.safetensors"))),
    );
    assert.deepEqual(written, kept);
  } finally {
    await Deno.remove(mirror, { recursive: true });
  }
});
