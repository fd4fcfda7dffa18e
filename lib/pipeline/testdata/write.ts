/**
 * A test stage: writes its text to a file, and can fail, wait or count its runs.
 *
 * @module
 */
import { z } from "zod";
import { UserError } from "../../core/errors.ts";
import { defineStage, file, table } from "../../plan/stage.ts";
import { lines } from "./tables.ts";

/** Writes `text`. */
export const stage = defineStage({
  kind: "write",
  about: "Writes its text",
  params: z.object({
    text: z.string(),
    copies: z.number().int().min(1).default(1),
    sleepMs: z.number().default(0),
    /** Keeps the main thread busy, as native code does. */
    blockMs: z.number().optional(),
    fail: z.enum(["no", "throw", "mend", "die", "forget", "half", "crash", "memory"]).default("no"),
    /** A file that gets a line for every run; not for real stages. */
    tally: z.string().optional(),
    extra: z.object({ deep: z.number().optional() }).strict().optional(),
  }),
  inputs: {},
  outputs: { "text.txt": file("the text"), "rows.parquet": table(lines) },
  async run({ params, resources, output, log, progress, signal }) {
    log(`writing ${params.text}`);
    console.log("printed by a library");
    if (params.tally) await Deno.writeTextFile(params.tally, `${params.text}\n`, { append: true });
    for (let done = 0; done < params.sleepMs; done += 20) {
      progress({ done, total: params.sleepMs, unit: "ms" });
      await new Promise((resolve) => setTimeout(resolve, 20));
      signal.throwIfAborted();
    }
    if (params.blockMs !== undefined) {
      log(`blocking process ${Deno.pid}`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, params.blockMs);
    }
    if (params.fail === "mend") {
      const range = { file: "words.txt", line: 3, column: 5, length: 2, lineText: "the bda word" };
      throw new UserError({ message: 'Cannot read "bda"', range, hint: 'did you mean "bad"?' });
    }
    if (params.fail === "throw") throw new Error("the stage was asked to fail");
    if (params.fail === "half") {
      await Deno.writeTextFile(output("text.txt"), "half");
      Deno.kill(Deno.pid, "SIGKILL");
    }
    if (params.fail === "die") Deno.exit(7);
    if (params.fail === "crash") {
      new Deno.UnsafePointerView(Deno.UnsafePointer.create(8n)!).getUint8();
    }
    if (params.fail === "memory" && resources.memoryMib < 4096) {
      throw new Error(`std::bad_alloc with ${resources.memoryMib} MiB`);
    }
    await Deno.writeTextFile(output("text.txt"), params.text.repeat(params.copies));
    if (params.fail === "forget") return;
    await Deno.writeTextFile(output("rows.parquet"), `PAR1${params.text}PAR1`);
  },
});
