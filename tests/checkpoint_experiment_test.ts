import { strict as assert } from "node:assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../lib/core/errors.ts";
import { makePlan } from "../lib/plan/plan.ts";
import { stages } from "../stages/mod.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const file = join(root, "experiments/xlmr_base.yaml");
const fixtures = join(root, "tests/fixtures");

Deno.test("experiments/xlmr_base.yaml says how to get its encoder, and is planned once it is there", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const set = [`encoder=${folder}/xlm-roberta-base`];
    await assert.rejects(makePlan({ file, set }, stages), (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /Cannot find the encoder ".*\/xlm-roberta-base"/);
      assert.match(error.message, /https:\/\/huggingface.co\/.*\/resolve\/main\/config.json/);
      assert.match(error.message, /Cannot read the tokenizer ".*\/xlm-roberta-base"/);
      return true;
    });
    const from = join(fixtures, "hub_checkpoints/trainable/xlm-roberta");
    await new Deno.Command("cp", { args: ["-r", from, `${folder}/xlm-roberta-base`] }).output();
    await Deno.copyFile(
      join(fixtures, "tokenizers/unigram.json"),
      `${folder}/xlm-roberta-base/tokenizer.json`,
    );
    for (const profile of ["standard", "sliced"]) {
      const { plan, warnings } = await makePlan({ file, set, profile }, stages);
      assert.deepEqual(warnings, []);
      const { inputs } = plan.instances.find(({ id }) => id === "train[source=en,seed=42]")!;
      assert.deepEqual([inputs.examples.length, inputs.watch.length], [1, 5]);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
