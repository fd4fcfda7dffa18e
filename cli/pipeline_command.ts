/**
 * What the commands about a pipeline share: their options, and opening it.
 *
 * @module
 */
import { Command, Option } from "@commander-js/extra-typings";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { formatProblem } from "../lib/core/errors.ts";
import { type Provider, providers } from "../lib/onnx/provider.ts";
import type { Judge } from "../lib/pipeline/freshness.ts";
import type { Store } from "../lib/store/store.ts";
import { defaultCacheFolder, projectFolder, resultsFolder } from "./folders.ts";
import { printError } from "./terminal.ts";

/** Options of every command about a pipeline. */
export interface PipelineCommandOptions {
  readonly file: string;
  readonly profile?: string;
  readonly set: readonly string[];
  readonly device: Provider;
}

/** What the Deno executable is given to become a worker. */
export const workerArguments = [
  "run",
  "-A",
  "--quiet",
  resolve(projectFolder, "main.ts"),
  "worker",
];

/** A command with the options that choose a pipeline. */
export function pipelineCommand(name: string) {
  return new Command(name)
    .option("-f, --file <file>", "the pipeline file", seenFromCaller, "pipeline.yaml")
    .option("--profile <name>", "the profile of params (default: the file's own)")
    .option(
      "--set <key=value>",
      "override a param, with a YAML value; may be repeated",
      (text: string, before: readonly string[]): readonly string[] => [...before, text],
      [] as readonly string[],
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
 * Plans the chosen pipeline and gets ready to judge it.
 *
 * @param warn is told what is odd in the file; by default it is printed
 * @throws {UserError} with every problem of the file and the options
 */
export async function openPipeline(
  options: PipelineCommandOptions,
  warn: (message: string) => void = (message) => printError(message),
): Promise<Judge> {
  const [{ makePlan }, { Judge }, { lockFileOf }, { stages }] = await Promise.all([
    import("../lib/plan/plan.ts"),
    import("../lib/pipeline/freshness.ts"),
    import("../lib/store/lock.ts"),
    import("../stages/mod.ts"),
  ]);
  const { plan, warnings } = await makePlan(options, stages);
  for (const warning of warnings) warn(formatProblem(warning) + "\n");
  return await Judge.create(plan, {
    projectFolder,
    store: await openStoreOfProject(),
    resultsFolder,
    registry: stages,
    device: options.device,
    pipelineFile: resolve(options.file),
    // The lock is of what the file says, not of what --set tries.
    lockFile: options.set.length > 0 ? undefined : resolve(lockFileOf(options.file)),
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
