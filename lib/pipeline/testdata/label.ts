/**
 * A test stage that tells by name which instance wrote which text.
 *
 * @module
 */
import { z } from "zod";
import { defineStage, file } from "../../plan/stage.ts";

/** Labels texts. */
export const stage = defineStage({
  kind: "label",
  about: "Labels texts",
  params: z.object({ asks: z.enum(["texts", "more"]).default("texts") }),
  inputs: {
    texts: { about: "the texts", takes: "many", files: ["text.txt"], named: true },
    more: { about: "more texts", takes: "many", files: ["text.txt"], optional: true },
  },
  outputs: { "text.txt": file("the labelled texts") },
  async run({ params, inputs, output }) {
    const lines = await Promise.all(
      inputs[params.asks].map(async ({ instance, axes, files }) =>
        `${instance} ${JSON.stringify(axes)} ${await Deno.readTextFile(files["text.txt"])}\n`
      ),
    );
    await Deno.writeTextFile(output("text.txt"), lines.join(""));
  },
});
