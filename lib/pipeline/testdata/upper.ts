/**
 * A test stage: the first letter of one text, in upper case.
 *
 * @module
 */
import { z } from "zod";
import { defineStage, file } from "../../plan/stage.ts";

/** Upper-cases a first letter. */
export const stage = defineStage({
  kind: "upper",
  about: "Upper-cases the first letter",
  params: z.object({ tally: z.string().optional() }),
  numeric: true,
  inputs: { text: { about: "a text", takes: "one", files: ["text.txt"] } },
  outputs: { "text.txt": file("the letter") },
  async run({ params, inputs, output }) {
    if (params.tally) {
      await Deno.writeTextFile(params.tally, `${inputs.text[0].instance}\n`, { append: true });
    }
    const text = await Deno.readTextFile(inputs.text[0].files["text.txt"]);
    await Deno.writeTextFile(output("text.txt"), text.slice(0, 1).toUpperCase());
  },
});
