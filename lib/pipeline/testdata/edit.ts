/**
 * Ways to edit a laboratory project.
 *
 * @module
 */
import type { DriveOptions } from "./drive.ts";
import type { Laboratory } from "./laboratory.ts";

/** Edits a project; what it returns is how it is run. */
export type Edit = (lab: Laboratory) => Promise<Partial<DriveOptions> | void>;

/** What is edited, how, what runs (a stage stands for its instances), and why. */
export type EditRow = readonly [about: string, edit: Edit, runs: string, because?: string];

/** Where the test stages are. */
export const stageFolder = "lib/pipeline/testdata";

/** Replaces text in a file. */
export function change(path: string, from: string, to: string): Edit {
  return (lab) => lab.edit(path, from, to);
}

/** Replaces text in the file of a test stage. */
export function stage(kind: string, from: string, to: string): Edit {
  return change(`${stageFolder}/${kind}.ts`, from, to);
}

/** Replaces text in the pipeline file. */
export function yaml(from: string, to: string): Edit {
  return change("pipeline.yaml", from, to);
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

/** Where an instance's table is in the results. */
export async function resultOf(lab: Laboratory, instance: string): Promise<string> {
  const path = (await lab.files("results")).find((path) => path.endsWith(`/${instance}.parquet`));
  if (path === undefined) throw new Error(`Cannot find ${instance} in the results`);
  return `${lab.folder}/${path}`;
}
