/**
 * A test stage that takes a table, and reads a tracked file.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { UserError } from "../../core/errors.ts";
import { suggest } from "../../core/suggest.ts";
import { defineStage, file } from "../../plan/stage.ts";

/** Named as a folder: the facts that `reads` takes from it count, not the bytes of its files. */
const folder = new URL(".", import.meta.url);

/** Counts the bytes of a table. */
export const stage = defineStage({
  kind: "take",
  about: "Counts the bytes of a table",
  params: z.object({ pin: z.string().optional() }),
  inputs: { rows: { about: "a table", takes: "one", files: ["rows.parquet"] } },
  outputs: { "count.txt": file("the count") },
  async reads({ pin }) {
    const path = fileURLToPath(new URL("pins.json", folder));
    const pins = JSON.parse(await Deno.readTextFile(path));
    if (pin === undefined || Object.hasOwn(pins, pin)) return { facts: pins, paths: [path] };
    throw new UserError({
      message: `Cannot find pin "${pin}"`,
      hint: suggest(pin, Object.keys(pins)),
      param: ["pin"],
    });
  },
  async run({ inputs, output }) {
    const { size } = await Deno.stat(inputs.rows[0].files["rows.parquet"]);
    await Deno.writeTextFile(output("count.txt"), String(size));
  },
});
