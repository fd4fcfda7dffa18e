/**
 * A trained adapter → its own files, as AdapterHub's library reads them.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { z } from "zod";
import { UserError } from "../../lib/core/errors.ts";
import { forPeople } from "../../lib/core/words.ts";
import { readAdapted } from "../../lib/experiment/adapted_model.ts";
import { defineStage, file } from "../../lib/plan/stage.ts";
import { writeAdapter } from "../../lib/weights/adapter_files.ts";

/** Of a stack, the adapter that learnt is written: the last one. */
export const exportAdapter = defineStage({
  kind: "adapter.export",
  about: forPeople("writes a trained adapter in AdapterHub's layout, without its encoder"),
  params: z.strictObject({}),
  inputs: {
    model: {
      about: "a model of adapter.train or adapter.mlm",
      takes: "one",
      files: ["model.safetensors", "config.json"],
    },
  },
  outputs: {
    "adapter_config.json": file("what the adapter is, as adapters 1.3 reads it"),
    "adapter.safetensors": file("its weights: load_adapter(folder, use_safetensors=True)"),
  },
  async run({ inputs, output, log }) {
    const [model] = inputs.model;
    const { config, adapted, weights } = await readAdapted(model);
    if ("lora" in adapted) {
      throw new UserError({
        message: `Cannot write the LoRA of ${model.instance} in AdapterHub's layout`,
        hint: "use adapter.exportLora, or take a model of adapter.train with method: adapter",
      });
    }
    const adapter = adapted.stack.at(-1)!;
    const folder = await Deno.makeTempDir({ dir: dirname(output("adapter.safetensors")) });
    await writeAdapter(folder, config, adapter, weights);
    for (const name of ["adapter_config.json", "adapter.safetensors"] as const) {
      await Deno.rename(join(folder, name), output(name));
    }
    await Deno.remove(folder);
    log(`the adapter "${adapter.name}"`);
  },
});
