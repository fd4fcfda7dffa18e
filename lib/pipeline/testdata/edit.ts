/**
 * Ways to edit a laboratory project.
 *
 * @module
 */
import type { DriveOptions } from "./drive.ts";
import type { Laboratory } from "./laboratory.ts";

/** Edits a project; what it returns is how it is run. */
export type Edit = (lab: Laboratory) => Promise<Partial<DriveOptions> | void>;

/** Replaces text in a file. */
export function change(path: string, from: string, to: string): Edit {
  return (lab) => lab.edit(path, from, to);
}

/** Edits nothing, and runs otherwise. */
export function run(options: Partial<DriveOptions>): Edit {
  return () => Promise.resolve(options);
}

/** Several edits, one after the other. */
export function both(...edits: Edit[]): Edit {
  return async (lab) => {
    for (const edit of edits) await edit(lab);
  };
}

/** Locks another version of a package that `deno.json` imports. */
export function lock(name: string, version: string): Edit {
  return async (lab) => {
    const { imports } = JSON.parse(await lab.read("deno.json"));
    const file = JSON.parse(await lab.read("deno.lock"));
    file.specifiers[imports[name]] = version;
    file.npm[`${name}@${version}`] = {};
    await lab.write("deno.lock", JSON.stringify(file));
  };
}

/** Where the store keeps a text. */
export async function contentOf(lab: Laboratory, text: string): Promise<string> {
  for (const path of await lab.files("store/objects")) {
    if (await lab.read(path) === text) return `${lab.folder}/${path}`;
  }
  throw new Error(`Cannot find "${text}" in the store`);
}
