/**
 * A test stage: takes memory, and says which graphics processors it sees, and in which process.
 *
 * @module
 */
import { z } from "zod";
import { defineStage, file } from "../../plan/stage.ts";

/** Fills memory and holds it. */
export const stage = defineStage({
  kind: "occupy",
  about: "Takes memory, and says which graphics processors it sees",
  params: z.object({
    name: z.string(),
    memoryMib: z.number().default(0),
    /** What is expected of it, in MiB. */
    expectedMib: z.number().optional(),
    holdMs: z.number().default(0),
    /** The only device that it can do with. */
    only: z.enum(["cpu", "webgpu", "cuda"]).optional(),
    /** A file that gets a line when it starts and when it ends: what, name, processors, process. */
    tally: z.string(),
  }),
  inputs: {},
  outputs: { "text.txt": file("the graphics processors") },
  refuses: ({ only }, device) =>
    only === undefined || only === device
      ? undefined
      : { message: `Cannot occupy ${device}`, hint: `use ${only}` },
  async run({ params, output }) {
    const gpus = Deno.env.get("CUDA_VISIBLE_DEVICES") ?? "";
    const tell = async (what: string) =>
      await Deno.writeTextFile(params.tally, `${what} ${params.name} ${gpus} ${Deno.pid}\n`, {
        append: true,
      });
    await tell("start");
    // Filled with something, as memory that was never written is not there.
    const held = Array.from({ length: params.memoryMib }, () => new Uint8Array(2 ** 20).fill(1));
    await new Promise((resolve) => setTimeout(resolve, params.holdMs));
    await tell("end");
    await Deno.writeTextFile(output("text.txt"), `${gpus} ${held.length}`);
  },
});
