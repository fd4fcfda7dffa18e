/**
 * `crosstie report`: the results of an experiment as a page.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import { join, resolve } from "node:path";
import { UserError } from "../lib/core/errors.ts";
import { isFile } from "../lib/core/file_kinds.ts";
import { readSmallFile } from "../lib/core/small_file.ts";
import { sha256 } from "../lib/core/sha256.ts";
import { writeAtomically } from "../lib/core/durable_files.ts";
import { manifestBytes, readManifest, type ResultManifest } from "../lib/table/result_manifest.ts";
import type { Live } from "../lib/report/page.ts";
import { publishedFolder, resultsFolder } from "./folders.ts";
import {
  onlyFile,
  openStoreOfProject,
  pipelineCommand,
  type PipelineCommandOptions,
} from "./pipeline_command.ts";
import { resultViews } from "./results.ts";
import { sizeText } from "./sizes.ts";
import { print, printError } from "./terminal.ts";

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
    .addOption(
      new Option("--serve", "show the page to this machine's browser while a run goes on")
        .conflicts(["output", "published"]),
    )
    .option("--open", "open the page in a browser")
    .addHelpText("after", "\nExample:\n  deno task report -f experiments/slicer.yaml --published")
    .action(async (options) => {
      if (options.serve) return await serve(options, options.open === true);
      const { page, output } = await reportOf(options);
      const path = options.output ?? output;
      writeAtomically(resolve(path), page);
      print(`${path}: ${sizeText(new TextEncoder().encode(page).length)}`);
      if (options.open) await openInBrowser(resolve(path));
    });
}

/** Serves the page until Ctrl-C. */
async function serve(options: ReportOptions, opens: boolean): Promise<void> {
  const [{ serveReport }, { newestRun }] = await Promise.all([
    import("./report_server.ts"),
    import("./report_progress.ts"),
  ]);
  const { name, place, profile } = await readPipelineOf(options);
  const manifest = join(resultsFolder, place, "manifest.json");
  const live: Live = {
    script: await Deno.readTextFile(new URL("report_live.js", import.meta.url)),
    connect: "'self'",
  };
  const { folder } = await openStoreOfProject();
  await using server = serveReport({
    page: async () => (await reportOf(options, live)).page,
    progress: () => newestRun(folder, name, profile),
    results: () => readSmallFile(manifest, manifestBytes).then(sha256, () => "none"),
  });
  print(`${server.url}\nCtrl-C ends.`);
  if (opens) await openInBrowser(server.url);
  await server.finished;
}

/** Opens a file or an address with what this machine opens such with. */
async function openInBrowser(target: string): Promise<void> {
  const programs = { darwin: ["open"], windows: ["cmd", "/c", "start", ""] } as const;
  const [program, ...args] = programs[Deno.build.os as keyof typeof programs] ?? ["xdg-open"];
  try {
    const command = new Deno.Command(program, { args: [...args, target], stderr: "null" });
    if ((await command.output()).success) return;
  } catch {
    // told below
  }
  printError(`Cannot open a browser with ${program}: open ${target} yourself`);
}

async function readPipelineOf(options: ReportOptions) {
  const { readPipeline } = await import("../lib/plan/pipeline_file.ts");
  const pipeline = await readPipeline({ ...options, file: onlyFile(options) });
  if (pipeline.diagnostics.failed) {
    const problems = pipeline.diagnostics.all();
    throw new UserError(problems.filter(({ severity }) => severity !== "warning"));
  }
  return pipeline;
}

/**
 * The page of the chosen results, and where it belongs.
 *
 * @param live for a page that is served: without results, it is there too
 * @throws {UserError} where there are no results
 */
export async function reportOf(
  options: ReportOptions,
  live?: Live,
): Promise<{ readonly page: string; readonly output: string }> {
  const [
    { readYaml },
    { reportPage },
    { pageLimits, Results },
    { ReadOnlyTables },
    facts,
    { newestRun, runWarning },
  ] = await Promise.all([
    import("../lib/core/yaml.ts"),
    import("../lib/report/page.ts"),
    import("../lib/report/results.ts"),
    import("../lib/table/read_only.ts"),
    import("./report_facts.ts"),
    import("./report_progress.ts"),
  ]);
  const { name, place, params, profile } = await readPipelineOf(options);
  if (options.published) {
    const { openStudy, readStudy, tablesOfStudy } = await import(
      "../lib/report/published_study.ts"
    );
    const folder = join(publishedFolder, name);
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
  const path = join(folder, "manifest.json");
  const nothing = live !== undefined && !await isFile(path);
  const views = nothing ? {} : await resultViews(folder);
  using tables = await ReadOnlyTables.open(views, pageLimits);
  const manifest: Pick<ResultManifest, "pipeline" | "profile" | "tables"> = nothing
    ? { pipeline: name, profile, tables: {} }
    : await readManifest(folder);
  const { about } = Object((await readYaml(onlyFile(options))).value) as { about?: string };
  const store = await openStoreOfProject();
  const warning = live ? undefined : runWarning(await newestRun(store.folder, name, profile));
  const page = await reportPage(
    await Results.of(tables, Object.keys(views)),
    {
      ...await facts.factsOfRun(
        {
          file: resolve(onlyFile(options)),
          profile: options.profile,
          set: options.set,
          about,
          params,
        },
        manifest,
        store,
        tables,
      ),
      warning,
    },
    live,
  );
  return { page, output: join(folder, "report.html") };
}
