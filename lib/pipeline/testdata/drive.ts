/**
 * Runs an engine on the test stages as a process of its own, and prints its events.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { localExecutor } from "../executors/local.ts";
import { Judge } from "../freshness.ts";
import type { Device } from "../../plan/stage.ts";
import { makePlan } from "../../plan/plan.ts";
import { runPlan } from "../run.ts";
import { Store } from "../../store/store.ts";
import { selectTargets } from "../../plan/targets.ts";
import { stages } from "./registry.ts";

/** What a drive is told, as JSON in its first argument. */
export interface DriveOptions {
  readonly projectFolder: string;
  /** Holds the pipeline file, the store and the results. */
  readonly folder: string;
  readonly file?: string;
  readonly profile?: string;
  readonly set?: readonly string[];
  readonly targets?: readonly string[];
  readonly force?: boolean;
  readonly keepGoing?: boolean;
  readonly jobs?: number;
  readonly device?: Device;
  /** Print states instead of running. */
  readonly assess?: boolean;
}

/** Drives one engine in this process. */
export async function drive(
  options: DriveOptions,
  print: (line: object) => void,
  signal = new AbortController().signal,
): Promise<void> {
  const { projectFolder, folder, targets = [] } = options;
  const file = options.file ?? `${folder}/pipeline.yaml`;
  const { plan } = await makePlan({ ...options, file }, stages);
  const judge = await Judge.create(plan, {
    projectFolder,
    store: new Store(`${folder}/store`),
    resultsFolder: `${folder}/results`,
    registry: stages,
    device: options.device ?? "cpu",
  });
  const selection = selectTargets(plan, targets);
  if (options.assess) {
    for (const [instance, state] of await judge.assess(selection.needed)) {
      const { kind } = state;
      if (kind === "fresh") print({ instance, kind });
      else if (kind === "stale") print({ instance, kind, verdicts: state.verdicts });
      else print({ instance, kind, on: state.on });
    }
    return;
  }
  const worker = fileURLToPath(new URL("./worker_main.ts", import.meta.url));
  const { jobs = 2, keepGoing, force } = options;
  await runPlan(judge, {
    selection,
    jobs,
    keepGoing,
    force,
    executor: localExecutor(["run", "-A", "--quiet", "--no-lock", worker]),
    onEvent: print,
    signal,
    claimTimes: { heartbeatMs: 200, staleMs: 1_000 },
  });
}

if (import.meta.main) {
  const stop = new AbortController();
  Deno.addSignalListener("SIGINT", () => stop.abort());
  await drive(JSON.parse(Deno.args[0]), (line) => console.log(JSON.stringify(line)), stop.signal);
  Deno.exit(0);
}
