/**
 * `crosstie report`: the results of an experiment as a page.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { UserError } from "../lib/core/errors.ts";
import { writeAtomically } from "../lib/core/durable_files.ts";
import type { Manifest } from "../lib/pipeline/results.ts";
import { resultsFolder } from "./folders.ts";
import {
  openStoreOfProject,
  pipelineCommand,
  type PipelineCommandOptions,
} from "./pipeline_command.ts";
import { resultViews } from "./results.ts";
import { sizeText } from "./sizes.ts";
import { print } from "./terminal.ts";

/** What `report` is given beside a pipeline. */
interface ReportOptions extends PipelineCommandOptions {
  readonly published?: true;
}

/** The command. */
export function reportCommand() {
  return pipelineCommand("report")
    .description(
      "Writes the results of an experiment as one HTML page, which needs nothing else to be read.",
    )
    .option("--output <file>", "the page (default: report.html beside the results)")
    .option("--published", "of the study's published results instead of those of a run here")
    .addHelpText("after", "\nExample:\n  deno task report -f experiments/slicer.yaml --published")
    .action(async (options) => {
      const { page, output } = await reportOf(options);
      const path = options.output ?? output;
      writeAtomically(resolve(path), page);
      print(`${path}: ${sizeText(new TextEncoder().encode(page).length)}`);
    });
}

/**
 * The page of the chosen results, and where it belongs.
 *
 * @throws {UserError} where there are no results
 */
export async function reportOf(
  options: ReportOptions,
): Promise<{ readonly page: string; readonly output: string }> {
  const [
    { readPipeline },
    { readYaml },
    { reportPage },
    { pageLimits, Results },
    { ReadOnlyTables },
    facts,
  ] = await Promise.all([
    import("../lib/plan/pipeline_file.ts"),
    import("../lib/core/yaml.ts"),
    import("../lib/report/page.ts"),
    import("../lib/report/results.ts"),
    import("../lib/table/read_only.ts"),
    import("./report_facts.ts"),
  ]);
  const { name, place, params, profile, diagnostics } = await readPipeline(options);
  if (diagnostics.failed) {
    throw new UserError(diagnostics.all().filter(({ severity }) => severity !== "warning"));
  }
  if (options.published) {
    const { openStudy, readStudy, tablesOfStudy } = await import(
      "../lib/report/published_study.ts"
    );
    const folder = join(resultsFolder, "published", name);
    const study = await readStudy(folder);
    using tables = await openStudy(folder);
    const names = await tablesOfStudy(folder);
    const page = await reportPage(
      await Results.of(tables, names),
      await facts.factsOfStudy(study, folder, tables, names),
    );
    return { page, output: `${name}.html` };
  }
  const folder = join(resultsFolder, place);
  const views = await resultViews(folder);
  using tables = await ReadOnlyTables.open(views, pageLimits);
  const manifest: Manifest = JSON.parse(await Deno.readTextFile(join(folder, "manifest.json")));
  const { about } = Object((await readYaml(options.file)).value) as { about?: string };
  const page = await reportPage(
    await Results.of(tables, Object.keys(views)),
    await facts.factsOfRun(
      { file: resolve(options.file), profile, set: options.set, about, params },
      manifest,
      await openStoreOfProject(),
      tables,
    ),
  );
  return { page, output: join(folder, "report.html") };
}
