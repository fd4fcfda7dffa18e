/**
 * `crosstie export`: the results of an experiment as a folder that others can use.
 *
 * @module
 */
import { basename, join } from "node:path";
import { sizeText } from "./sizes.ts";
import { onlyFile, openPipeline, pipelineCommand } from "./pipeline_command.ts";
import { print } from "./terminal.ts";

/** The command. */
export function exportCommand() {
  return pipelineCommand("export")
    .description(
      "Writes results as a folder for others: tables, trained models with their cards, citations, " +
        "metadata, and what made them.",
    )
    .argument("[models...]", "the models: train, 'train[seed=42]' (default: all that are fresh)")
    .requiredOption("--to <folder>", "a folder that is not there yet, or an export to replace")
    .option("--no-models", "leave out the models")
    .option("--texts", "with the tables that hold texts of corpora: mind their licences")
    .option("--store", "with every result by its digest, so that another machine can verify them")
    .option("--latex", "with the tables and figures of a paper")
    .addHelpText(
      "after",
      "\nExamples:\n  deno task export --to out\n" +
        "  deno task export -f experiments/slicer.yaml --to out --no-models --latex",
    )
    .action(async (targets, options) => {
      const [{ selectTargets }, { collectExport }, { writeExport }, judge] = await Promise.all([
        import("../lib/plan/targets.ts"),
        import("./export_contents.ts"),
        import("../lib/export/export_folder.ts"),
        openPipeline({ ...options, file: [onlyFile(options)] }),
      ]);
      const models = options.models
        ? selectTargets(judge.plan, targets).targets
        : new Set<string>();
      const collected = await collectExport(judge, { ...options, models });
      const files = await writeExport(options.to, (folder) => collected.write(folder));
      const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
      print(`${join(options.to, "README.md")}: ${files.length} files, ${sizeText(sizeBytes)}`);
      const left = collected.notFresh;
      if (left.length > 0) {
        print(`${left.length} instances are not fresh and left out, ${basename(left[0])} for one`);
      }
    });
}
