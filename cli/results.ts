/**
 * The tables that a run left in `results/`.
 *
 * @module
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../lib/core/errors.ts";
import type { Manifest } from "../lib/pipeline/results.ts";
import type { Views } from "../lib/table/read_only.ts";
import { resultsFolder } from "./folders.ts";
import type { PipelineCommandOptions } from "./pipeline_command.ts";

/**
 * Where the results of a pipeline file are, by its name and profile: nothing is planned.
 *
 * @throws {UserError} when the file's form is wrong, or for an unknown profile
 */
export async function resultsFolderIn(options: PipelineCommandOptions): Promise<string> {
  const { readPipeline } = await import("../lib/plan/pipeline_file.ts");
  const { place, diagnostics } = await readPipeline(options);
  if (diagnostics.failed) {
    throw new UserError(diagnostics.all().filter(({ severity }) => severity !== "warning"));
  }
  return `${resultsFolder}/${place}`;
}

/**
 * The views over a results folder, one per table.
 *
 * @throws {UserError} when there are no results yet, or some are no longer as they were laid out
 */
export async function resultViews(folder: string): Promise<Views> {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(await Deno.readTextFile(join(folder, "manifest.json")));
  } catch (cause) {
    throw new UserError({
      message: `Cannot read results from ${folder}: there are none yet`,
      hint: "run the pipeline first: deno task pipeline",
    }, { cause });
  }
  for (const { path, sizeBytes } of Object.values(manifest.tables).flatMap(({ files }) => files)) {
    const size = statSync(join(folder, path), { throwIfNoEntry: false })?.size;
    if (size === sizeBytes) continue;
    throw new UserError({
      message: `Cannot read ${join(folder, path)}: ` +
        (size === undefined ? "it is gone" : `it has ${size} bytes instead of ${sizeBytes}`),
      hint: "a run lays the results out again: deno task pipeline",
    });
  }
  return Object.fromEntries(
    Object.entries(manifest.tables).map(([name, { files, columns }]) => [
      name,
      { columns, files: files.map(({ path }) => join(folder, path)) },
    ]),
  );
}
