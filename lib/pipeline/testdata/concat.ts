/**
 * A test stage: joins the texts of many instances, and some that may be left out.
 *
 * @module
 */
import { z } from "zod";
import { defineStage, file } from "../../plan/stage.ts";
import { join } from "./join.ts";

/** Joins texts. */
export const stage = defineStage({
  kind: "concat",
  about: "Joins texts",
  params: z.object({
    separator: z.string().default("+").describe("between two texts"),
    first: z.number().default(99),
    wantsMore: z.boolean().default(false),
    pauseMs: z.number().default(0),
  }),
  operational: ["pauseMs"],
  inputs: {
    texts: { about: "the texts", takes: "many", files: ["text.txt"] },
    more: { about: "texts that follow", takes: "many", files: ["text.txt"], optional: true },
  },
  outputs: { "text.txt": file("the joined text") },
  needs: ({ wantsMore }) => wantsMore ? ["more"] : [],
  async run({ params, inputs, output }) {
    await new Promise((resolve) => setTimeout(resolve, params.pauseMs));
    const texts = await Promise.all(
      [...inputs.texts, ...inputs.more].map(({ files }) => Deno.readTextFile(files["text.txt"])),
    );
    const taken = texts.map((text) => text.slice(0, params.first));
    await Deno.writeTextFile(output("text.txt"), join(taken, params.separator));
  },
});
