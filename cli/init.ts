/**
 * `crosstie init`: writes a pipeline to start from.
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";
import { statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../lib/core/errors.ts";
import { print } from "./terminal.ts";

const starter = new URL("../data/starter.yaml", import.meta.url);
const schema = fileURLToPath(new URL("../data/pipeline.schema.json", import.meta.url));

/** The command. */
export function initCommand() {
  return new Command("init")
    .description("Writes a commented pipeline that runs in seconds, to make your own from.")
    .argument("[file]", "a .yaml file, or a folder for a pipeline.yaml", "experiment.yaml")
    .addHelpText("after", "\nExample:\n  deno task init my_study.yaml")
    .action(async (given) => {
      const file = fileOf(given);
      const text = (await Deno.readTextFile(starter))
        .replace("./pipeline.schema.json", schemaSeenFrom(file))
        .replace("name: starter", `name: ${nameOf(file)}`);
      try {
        await Deno.mkdir(dirname(file), { recursive: true });
        await Deno.writeTextFile(file, text, { createNew: true });
      } catch (cause) {
        if (!(cause instanceof Deno.errors.AlreadyExists)) throw cause;
        throw new UserError({
          message: `Cannot write ${file}: something of that name is there already`,
          hint: "name another file: deno task init my_study.yaml",
        }, { cause });
      }
      print(`wrote ${file}; run it with: deno task pipeline -f ${shellWord(file)}`);
    });
}

/** The file to be written. A name that is no YAML file's is a folder, there or not yet. */
function fileOf(given: string): string {
  const isFolder = statSync(given || ".", { throwIfNoEntry: false })?.isDirectory();
  return /\.ya?ml$/.test(given) && !isFolder ? given : join(given, "pipeline.yaml");
}

/** A pipeline's name: that of its file, or of its folder where the file is called pipeline.yaml. */
function nameOf(file: string): string {
  const own = basename(file).replace(/\.ya?ml$/, "");
  const name = (own === "pipeline" ? basename(dirname(resolve(file))) : own)
    .replace(/[^A-Za-z0-9_-]/g, "_");
  return /^[A-Za-z]/.test(name) ? name : `study_${name}`;
}

/** A path as a shell takes it for one word. */
function shellWord(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

function schemaSeenFrom(file: string): string {
  const path = relative(dirname(resolve(file)), schema);
  return path.startsWith(".") ? path : `./${path}`;
}
