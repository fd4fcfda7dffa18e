/**
 * `crosstie init`: writes a pipeline to start from.
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";
import { basename, dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../lib/core/errors.ts";

const starter = new URL("../data/starter.yaml", import.meta.url);
const schema = fileURLToPath(new URL("../data/pipeline.schema.json", import.meta.url));

/** The command. */
export function initCommand() {
  return new Command("init")
    .description("Writes a commented pipeline that runs in seconds, to make your own from.")
    .argument("[file]", "where to", "experiment.yaml")
    .addHelpText("after", "\nExample:\n  deno task init my_study.yaml")
    .action(async (file) => {
      const name = basename(file).replace(/\.ya?ml$/, "").replace(/[^A-Za-z0-9_-]/g, "_");
      const text = (await Deno.readTextFile(starter))
        .replace("./pipeline.schema.json", schemaSeenFrom(file))
        .replace("name: starter", `name: ${/^[A-Za-z]/.test(name) ? name : `study_${name}`}`);
      try {
        await Deno.writeTextFile(file, text, { createNew: true });
      } catch (cause) {
        if (!(cause instanceof Deno.errors.AlreadyExists)) throw cause;
        throw new UserError({
          message: `Cannot write ${file}: it is there already`,
          hint: "name another file: deno task init my_study.yaml",
        }, { cause });
      }
      console.log(`wrote ${file}; run it with: deno task pipeline -f ${file}`);
    });
}

function schemaSeenFrom(file: string): string {
  const path = relative(dirname(resolve(file)), schema);
  return path.startsWith(".") ? path : `./${path}`;
}
