/**
 * A test stage that takes a table, and reads a tracked file.
 *
 * @module
 */
import { z } from "zod";
import { defineStage, file } from "../stage.ts";

/** Counts the bytes of a table. */
export const stage = defineStage({
  kind: "take",
  about: "Counts the bytes of a table",
  params: z.object({}),
  inputs: { rows: { about: "a table", takes: "one", files: ["rows.parquet"] } },
  outputs: { "count.txt": file("the count") },
  async reads() {
    return JSON.parse(await Deno.readTextFile(new URL("./pins.json", import.meta.url)));
  },
  async run({ inputs, output }) {
    const { size } = await Deno.stat(inputs.rows[0].files["rows.parquet"]);
    await Deno.writeTextFile(output("count.txt"), String(size));
  },
});
