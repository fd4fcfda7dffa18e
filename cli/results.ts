/**
 * The tables that a run left in `results/`.
 *
 * @module
 */
import { join } from "node:path";
import { UserError } from "../lib/core/errors.ts";
import type { Store } from "../lib/store/store.ts";
import type { Views } from "../lib/table/views.ts";
import { resultViews } from "../lib/table/result_manifest.ts";
import type { ScratchFolder } from "../lib/table/scratch_folder.ts";
import { resultsFolder } from "./folders.ts";
import { onlyFile, type PipelineCommandOptions } from "./pipeline_command.ts";

/**
 * The results folder of a pipeline file, by its name and profile. Nothing is planned.
 *
 * @throws {UserError} when the file's form is wrong, or for an unknown profile
 */
export async function resultsFolderIn(options: PipelineCommandOptions): Promise<string> {
  const { readPipeline } = await import("../lib/plan/pipeline_file.ts");
  const { place, diagnostics } = await readPipeline({ ...options, file: onlyFile(options) });
  if (diagnostics.failed) {
    throw new UserError(diagnostics.all().filter(({ severity }) => severity !== "warning"));
  }
  return `${resultsFolder}/${place}`;
}

export { resultViews };

/** The views over a results folder, and `runs`: how long each took, by the store's records. */
export async function viewsWithRuns(
  folder: string,
  store: Store,
  scratch: ScratchFolder,
): Promise<Views> {
  const views = await resultViews(folder);
  const { runsView } = await import("../lib/pipeline/run_times.ts");
  await Deno.mkdir(scratch.path, { recursive: true });
  return { ...views, runs: await runsView(store, folder, join(scratch.path, "runs.parquet")) };
}
