/**
 * `crosstie init`: writes a pipeline to start from.
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";
import { basename, relative, resolve } from "node:path";
import { UserError } from "../lib/core/errors.ts";
import { projectFolder } from "./pipeline_command.ts";

/** The command. */
export function initCommand() {
  return new Command("init")
    .description("Writes a commented pipeline.yaml that runs as it is. Overwrites nothing.")
    .argument("[folder]", "where, made if need be", "experiments/starter")
    .addHelpText("after", "\nExample:\n  deno task init experiments/mine")
    .action(async (folder) => {
      const file = `${folder.replace(/[\\/]+$/, "") || folder}/pipeline.yaml`;
      const starter = await Deno.readTextFile(`${projectFolder}/data/starter.yaml`);
      const schema = relative(resolve(folder), `${projectFolder}/data/pipeline.schema.json`)
        .replaceAll("\\", "/");
      await Deno.mkdir(folder, { recursive: true });
      try {
        await Deno.writeTextFile(file, adapted(starter, nameFor(folder), schema), {
          createNew: true,
        });
      } catch (error) {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
        throw new UserError({
          message: `Cannot write "${file}": it is there already`,
          hint: "name another folder: deno task init FOLDER",
        });
      }
      console.log(`wrote ${file}; run it with\n  deno task pipeline -f ${quoted(file)}`);
    });
}

/** The starter with another name, and its schema where it is from there. */
function adapted(starter: string, name: string, schema: string): string {
  return starter.replace("./pipeline.schema.json", schema)
    .replaceAll(/^name: starter|results\/starter/gm, (text) => text.replace("starter", name));
}

/** A name that a pipeline may have, after its folder's. */
function nameFor(folder: string): string {
  const letters = basename(resolve(folder)).normalize("NFKD").replace(/\p{M}/gu, "");
  return letters.replace(/[^A-Za-z0-9_-]+/g, "-").replace(/^[^A-Za-z]+|-+$/g, "") || "starter";
}

/** A path as a shell reads it. */
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
