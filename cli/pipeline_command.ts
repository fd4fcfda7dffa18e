/**
 * What the commands about a pipeline share: their options, and opening it.
 *
 * @module
 */
import { Command, Option } from "@commander-js/extra-typings";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { formatProblem, UserError } from "../lib/core/errors.ts";
import { type Provider, providers } from "../lib/onnx/provider.ts";
import type { Judge } from "../lib/pipeline/freshness.ts";
import type { Store } from "../lib/store/store.ts";
import { defaultCacheFolder, projectFolder, resultsFolder } from "./folders.ts";
import { inheritedPermissions } from "./permissions.ts";
import { printError } from "./terminal.ts";

/** Options of every command about a pipeline. */
export interface PipelineCommandOptions {
  /** The pipeline files; `pipeline.yaml` where none is named. */
  readonly file?: readonly string[];
  readonly profile?: string;
  readonly set: readonly string[];
  readonly device: Provider;
}

/** The pipeline file where none is named. */
const defaultFile = "pipeline.yaml";

/** What the Deno executable is given to become a worker. */
export const workerArguments = [
  "run",
  ...inheritedPermissions(),
  "--quiet",
  resolve(projectFolder, "main.ts"),
  "worker",
];

/** A command with the options that choose a pipeline. */
export function pipelineCommand(name: string) {
  return new Command(name)
    .option(
      "-f, --file <file>",
      "the pipeline file (default: pipeline.yaml); may be repeated: one graph of several files",
      (text: string, before: readonly string[] = []): readonly string[] => [
        ...before,
        seenFromCaller(text),
      ],
    )
    .option("--profile <name>", "the profile of params (default: the file's own)")
    .addOption(
      new Option("--set <key=value>", "override a param, with a YAML value; may be repeated")
        .argParser((
          text: string,
          before: readonly string[],
        ): readonly string[] => [...before, text])
        .default([] as readonly string[], "none"),
    )
    .addOption(
      new Option("--device <device>", "where models are trained and run").choices(providers)
        .default("cpu" as Provider),
    );
}

/** A file as seen from where `deno task` was called: the task itself runs beside `deno.json`. */
export function seenFromCaller(file: string): string {
  const caller = Deno.env.get("INIT_CWD");
  if (caller === undefined || existsSync(file)) return file;
  const seen = resolve(caller, file);
  return existsSync(seen) ? seen : file;
}

/**
 * The one pipeline file of a command that takes no more.
 *
 * @throws {UserError} where several are named
 */
export function onlyFile({ file = [defaultFile] }: Pick<PipelineCommandOptions, "file">): string {
  if (file.length === 1) return file[0];
  throw new UserError({
    message: `Cannot do this with ${file.length} pipeline files at once: ${file.join(", ")}`,
    hint: "name one file with -f; run, status, explain and verify take several",
  });
}

/**
 * Plans the chosen pipeline, of one file or several, and gets ready to judge it.
 *
 * @param warn is told what is odd in the files; by default it is printed
 * @throws {UserError} with every problem of the files and the options
 */
export async function openPipeline(
  options: PipelineCommandOptions,
  warn: (message: string) => void = (message) => printError(message),
): Promise<Judge> {
  const [{ planFiles }, { Judge }, { stages }] = await Promise.all([
    import("../lib/plan/plan_files.ts"),
    import("../lib/pipeline/freshness.ts"),
    import("../stages/mod.ts"),
  ]);
  const { plan, warnings } = await planFiles(options.file ?? [defaultFile], options, stages);
  for (const warning of warnings) warn(formatProblem(warning) + "\n");
  return await Judge.create(plan, {
    projectFolder,
    store: await openStoreOfProject(),
    resultsFolder,
    registry: stages,
    device: options.device,
  });
}

/** The store that the environment names; its warnings are printed. */
export async function openStoreOfProject(): Promise<Store> {
  const { openStore } = await import("../lib/store/open_store.ts");
  return openStore(
    defaultCacheFolder,
    (name) => Deno.env.get(name),
    (message) => printError(message),
  );
}
