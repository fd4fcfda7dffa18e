import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { writeCheckpoints } from "./write_checkpoints.ts";

/** Written by scripts/references/load_checkpoints.py. */
interface Confirmation {
  readonly tolerance: number;
  readonly checkpoints: Readonly<
    Record<string, {
      readonly largestLogitDifference: number;
      readonly "config.json": string;
      readonly "model.safetensors": string;
    }>
  >;
}

const file = new URL(
  "../../tests/fixtures/encoders/loaded_in_transformers.json",
  import.meta.url,
);

Deno.test("crosstie writes the very files that transformers loaded with the same logits", async () => {
  const { tolerance, checkpoints }: Confirmation = JSON.parse(await Deno.readTextFile(file));
  const folder = await Deno.makeTempDir();
  try {
    const names = await writeCheckpoints(folder);
    assert.deepEqual(Object.keys(checkpoints).sort(), names.toSorted());
    for (const [name, confirmed] of Object.entries(checkpoints)) {
      assert.ok(confirmed.largestLogitDifference <= tolerance, name);
      for (const part of ["config.json", "model.safetensors"] as const) {
        const bytes = await Deno.readFile(join(folder, name, part));
        const digest = createHash("sha256").update(bytes).digest("hex");
        assert.equal(digest, confirmed[part], `${name}/${part}`);
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
