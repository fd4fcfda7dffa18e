/**
 * A test stage whose work is done by another module on every device.
 *
 * @module
 */
import { z } from "zod";
import { defineStage, file } from "../../plan/stage.ts";
import type { Solver } from "./solve_cpu.ts";

/** Solves a text. */
export const stage = defineStage({
  kind: "solve",
  about: "Solves a text",
  params: z.object({}),
  numeric: true,
  inputs: { text: { about: "a text", takes: "one", files: ["text.txt"] } },
  outputs: { "text.txt": file("the solution") },
  async run({ inputs, output, deviceModule }) {
    const text = await Deno.readTextFile(inputs.text[0].files["text.txt"]);
    await Deno.writeTextFile(output("text.txt"), (deviceModule as Solver).solve(text));
  },
});
