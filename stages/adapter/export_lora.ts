/**
 * A trained LoRA → its own files, as PEFT reads them.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { z } from "zod";
import { UserError } from "../../lib/core/errors.ts";
import { readAdapted } from "../../lib/experiment/adapted_model.ts";
import { tokenHead } from "../../lib/models/encoder/heads/token.ts";
import { defineStage, file } from "../../lib/plan/stage.ts";
import { writeLora } from "../../lib/weights/lora_files.ts";

/** With its head, which PEFT keeps beside it whole: `PeftModel.from_pretrained(encoder, folder)`. */
export const exportLora = defineStage({
  kind: "adapter.exportLora",
  about: "writes a trained LoRA and its classifier of words in PEFT's layout, without the encoder",
  params: z.strictObject({}),
  inputs: {
    model: {
      about: "a model of adapter.train with method: lora, that classifies words",
      takes: "one",
      files: ["model.safetensors", "config.json"],
    },
  },
  outputs: {
    "adapter_config.json": file("what the LoRA is, as PEFT reads it"),
    "adapter_model.safetensors": file("its weights and the classifier's"),
  },
  async run({ inputs, output, log }) {
    const [model] = inputs.model;
    const { config, adapted, weights, published } = await readAdapted(model);
    const refuse = (what: string, hint: string): never => {
      throw new UserError({
        message: `Cannot write ${model.instance} in PEFT's layout: ${what}`,
        hint,
      });
    };
    if (!("lora" in adapted)) {
      return refuse("it is an adapter, and no LoRA", "use adapter.export");
    }
    const [architecture] = published.architectures as readonly string[];
    if (!architecture.endsWith("ForTokenClassification")) {
      refuse(`it is a ${architecture}`, "train on a task that asks for words, such as ner or pos");
    }
    const labels = Object.keys(Object(published.id2label)).length;
    const head = tokenHead(config, labels).parameters;
    const folder = await Deno.makeTempDir({ dir: dirname(output("adapter_config.json")) });
    await writeLora(folder, config, { lora: adapted.lora, weights }, head);
    for (const name of ["adapter_config.json", "adapter_model.safetensors"] as const) {
      await Deno.rename(join(folder, name), output(name));
    }
    await Deno.remove(folder);
    log(`rank ${adapted.lora.rank}, ${labels} labels`);
  },
});
