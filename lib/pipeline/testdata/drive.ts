/**
 * Runs an engine on the test stages as a process of its own, and prints its events.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { localExecutor } from "../executors/local.ts";
import { submitGraph } from "../../slurm/detach.ts";
import { slurmExecutor } from "../../slurm/executor.ts";
import type { WatchTimes } from "../../slurm/watch.ts";
import { Judge } from "../freshness.ts";
import type { Device } from "../../plan/stage.ts";
import { planFiles } from "../../plan/plan_files.ts";
import { compareWithLocks } from "../locking.ts";
import { runPlan } from "../run.ts";
import { pull, push } from "../sync.ts";
import type { ClaimTimes } from "../../store/claims.ts";
import { openStore } from "../../store/open_store.ts";
import { selectTargets } from "../../plan/targets.ts";
import { stages } from "./registry.ts";

/** What a drive is told, as JSON in its first argument. */
export interface DriveOptions {
  readonly projectFolder: string;
  /** Holds the pipeline file, the store and the results. */
  readonly folder: string;
  readonly files?: readonly string[];
  readonly profile?: string;
  readonly set?: readonly string[];
  readonly targets?: readonly string[];
  readonly force?: boolean;
  readonly keepGoing?: boolean;
  readonly jobs?: number;
  /** Run as Slurm jobs, with this patience. */
  readonly slurm?: WatchTimes;
  /** Submit the graph to Slurm and leave. */
  readonly detach?: boolean;
  readonly device?: Device;
  /** Print states instead of running. */
  readonly assess?: boolean;
  /** Compare with the lock, send or fetch instead of running. */
  readonly ask?: "compare" | "push" | "pull";
  readonly locked?: boolean;
  /** Of the engine; short when left out. */
  readonly claimTimes?: ClaimTimes;
  /** `CROSSTIE_FAULT` of the workers; the engine's own is not handed on. */
  readonly workerFault?: string;
}

/** Drives one engine in this process. */
export async function drive(
  options: DriveOptions,
  print: (line: object) => void,
  signal = new AbortController().signal,
): Promise<void> {
  const { projectFolder, folder, targets = [] } = options;
  const { files = [`${folder}/pipeline.yaml`] } = options;
  const { plan } = await planFiles(files, options, stages);
  const judge = await Judge.create(plan, {
    projectFolder,
    store: openStore(`${folder}/store`, (name) => Deno.env.get(name), console.error),
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
  if (options.ask === "compare") return (await compareWithLocks(judge)).forEach(print);
  if (options.ask === "push") return print(await push(judge, selection.needed));
  if (options.ask === "pull") {
    const states = await pull(judge, selection.needed);
    for (const [instance, { kind }] of states) print({ instance, kind });
    return;
  }
  Deno.env.set("CROSSTIE_FAULT", options.workerFault ?? "");
  const worker = fileURLToPath(new URL("./worker_main.ts", import.meta.url));
  const { jobs = 2, keepGoing, force, locked } = options;
  const workerArguments = ["run", "-A", "--quiet", "--no-lock", worker];
  const { store } = judge.workspace;
  if (options.detach) {
    for (const array of await submitGraph(judge, selection, workerArguments)) print(array);
    return;
  }
  await runPlan(judge, {
    selection,
    jobs,
    keepGoing,
    force,
    locked,
    executor: options.slurm
      ? slurmExecutor({ workerArguments, store, times: options.slurm })
      : localExecutor(workerArguments, jobs),
    onEvent: print,
    signal,
    claimTimes: options.claimTimes ?? { heartbeatMs: 200, staleMs: 1_000 },
  });
}

if (import.meta.main) {
  const stop = new AbortController();
  Deno.addSignalListener("SIGINT", () => stop.abort());
  await drive(JSON.parse(Deno.args[0]), (line) => console.log(JSON.stringify(line)), stop.signal);
  Deno.exit(0);
}
