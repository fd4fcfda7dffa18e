/**
 * The tables that a run left in `results/`.
 *
 * @module
 */
import { UserError } from "../lib/core/errors.ts";
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

export { resultViews } from "../lib/table/result_manifest.ts";
