/**
 * `crosstie run`: brings targets up to date.
 *
 * @module
 */
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import type { EventSink } from "../lib/pipeline/events.ts";
import type { RunResult } from "../lib/pipeline/run.ts";
import type { SettledRun } from "../lib/store/settled.ts";
import { formatProblem, UserError } from "../lib/core/errors.ts";
import type { Executor } from "../lib/pipeline/work.ts";
import type { Judge } from "../lib/pipeline/freshness.ts";
import type { Selection } from "../lib/plan/targets.ts";
import { exit } from "./exit.ts";
import { requireProvider } from "./probe.ts";
import { openPipeline, pipelineCommand, workerArguments } from "./pipeline_command.ts";
import { countText, sizeText } from "./sizes.ts";
import { freshnessText } from "./verdict_text.ts";
import { print, printError, printJson } from "./terminal.ts";

/** The command. */
export function runCommand() {
  return pipelineCommand("run")
    .description(
      "Runs the stages of a pipeline that are not up to date: of the targets, and of all they need.",
    )
    .argument("[targets...]", "train, 'train[language=swa]' or evaluate+ (default: everything)")
    .option("--jobs <n>", "cores to use (default: all)", positive)
    .addOption(
      new Option("--executor <where>", "here, or as jobs of a Slurm cluster")
        .choices(["local", "slurm"] as const).default("local" as const),
    )
    .addOption(
      new Option("--detach", "submit the whole graph to Slurm and leave").conflicts("force"),
    )
    .option("--force", "run the targets even where they are fresh")
    .option("--keep-going", "after a failure, go on with what does not depend on it")
    .option("--locked", "leave the lock file alone, and fail where results differ from it")
    .option("--dry-run", "say what would run, and run nothing")
    .option("--json", "one event per line")
    .addHelpText(
      "after",
      "\nExamples:\n  deno task pipeline 'train[source=deu]' --set epochs=3\n" +
        "  deno task pipeline -f experiments/slicer.yaml -f experiments/panx_swiss.yaml\n\n" +
        "Several files are one graph: what they share is made once, --profile and --set are for\n" +
        "each of them, and slicer:train is the stage of the file that is named slicer.",
    )
    .action(async (targets, options) => {
      const [{ selectTargets }, { namesakeOf }] = await Promise.all([
        import("../lib/plan/targets.ts"),
        import("../lib/pipeline/results_place.ts"),
      ]);
      const warnings: string[] = [];
      const warn = (message: string): void => {
        warnings.push(message);
        printError(message);
      };
      const judge = await openPipeline(options, warn);
      const selection = selectTargets(judge.plan, targets);
      for (const study of judge.plan.studies) {
        const namesake = namesakeOf(judge.workspace, study);
        if (namesake) warn(formatProblem(namesake) + "\n");
      }
      if (options.dryRun) return await dryRun(judge, selection, options);
      if (options.device !== "cpu" && options.executor === "local") {
        await requireProvider(options.device);
      }
      if (options.detach) return await detach(judge, selection, options.executor);
      const [{ printEvents }, { memoryWarnings }] = await Promise.all([
        import("./progress.ts"),
        import("../lib/pipeline/expected_memory.ts"),
      ]);
      const show: EventSink = options.json
        ? (event) => printJson({ at: new Date().toISOString(), ...event })
        : printEvents();
      const onEvent: EventSink = (event) => {
        if (event.event === "runStarted" && event.memory) {
          for (const each of memoryWarnings(event.memory)) printError(formatProblem(each) + "\n");
        }
        show(event);
      };
      const summary = await execute(judge, selection, onEvent, {
        jobs: options.jobs ?? navigator.hardwareConcurrency,
        executor: options.executor,
        force: options.force,
        keepGoing: options.keepGoing,
        locked: options.locked,
      });
      for (const each of summary.warnings) printError(formatProblem(each));
      const { fetched } = judge.workspace.store.remote ?? {};
      if (fetched && fetched.objects > 0 && !options.json) {
        print(
          `fetched ${countText(fetched.objects, "content")}, ${sizeText(fetched.sizeBytes)}`,
        );
      }
      if (!summary.interrupted) await collect(judge, options.json === true);
      if (summary.interrupted) exit.code = exit.interrupted;
      else if (summary.failed > 0) exit.code = exit.stageFailed;
      else if (options.locked) await compare(judge);
      else if (!options.json) {
        const headline = await headlineOf(judge);
        if (headline) print(headline);
        if (summary.ran === 0 && summary.skipped === 0) {
          const { fresh, records } = summary;
          await settle(judge, records, { fresh, warnings, headline });
        }
      }
    });
}

async function execute(
  judge: Judge,
  selection: Selection,
  onEvent: EventSink,
  options: {
    jobs: number;
    executor: "local" | "slurm";
    force?: boolean;
    keepGoing?: boolean;
    locked?: boolean;
  },
): Promise<RunResult> {
  const { runPlan } = await import("../lib/pipeline/run.ts");
  const executor = await (options.executor === "slurm" ? onSlurm(judge) : here(options.jobs));
  const stop = new AbortController();
  const interrupt = (): void => {
    if (stop.signal.aborted) {
      executor.kill();
      Deno.exit(exit.interrupted);
    }
    stop.abort();
  };
  Deno.addSignalListener("SIGINT", interrupt);
  Deno.addSignalListener("SIGTERM", interrupt);
  return await runPlan(judge, { ...options, selection, executor, onEvent, signal: stop.signal });
}

/** Frees old results, once a day, and prints what went. */
async function collect({ workspace }: Judge, json: boolean): Promise<void> {
  if (Deno.env.get("CROSSTIE_GC") === "off") return;
  const { collectDaily } = await import("../lib/store/collect_daily.ts");
  const freed = await collectDaily(workspace.store.folder, workspace.resultsFolder);
  if (json || freed.length === 0) return;
  const { freedText } = await import("./gc.ts");
  print(`freed what no lock, pin or recent run keeps: ${freedText(freed)}`);
}

async function compare(judge: Judge): Promise<void> {
  const [{ compareWithLocks }, { printDifferences }] = await Promise.all([
    import("../lib/pipeline/locking.ts"),
    import("./verify.ts"),
  ]);
  printDifferences(await compareWithLocks(judge), judge.plan.instances.length);
}

async function here(jobs: number): Promise<Executor> {
  const { localExecutor } = await import("../lib/pipeline/executors/local.ts");
  return localExecutor(workerArguments, jobs);
}

async function onSlurm({ workspace: { store } }: Judge): Promise<Executor> {
  const { slurmExecutor } = await import("../lib/slurm/executor.ts");
  return slurmExecutor({ workerArguments, store });
}

async function detach(judge: Judge, selection: Selection, executor: string): Promise<void> {
  if (executor !== "slurm") {
    throw new UserError({
      message: "Cannot detach from instances that run here",
      hint: "add --executor slurm",
    });
  }
  const [{ submitGraph }, { checkResultsPlace }] = await Promise.all([
    import("../lib/slurm/detach.ts"),
    import("../lib/pipeline/results_place.ts"),
  ]);
  checkResultsPlace(judge, selection);
  const arrays = await submitGraph(judge, selection, workerArguments);
  for (const { job, stage, instances } of arrays) {
    print(`submitted  ${stage} × ${instances}  as job ${job}`);
  }
  print(
    arrays.length === 0
      ? "everything is fresh"
      : "follow with crosstie status; when all is done, crosstie run lays out the results",
  );
}

async function dryRun(
  judge: Judge,
  selection: Selection,
  { force = false, executor }: { force?: boolean; executor: "local" | "slurm" },
): Promise<void> {
  const [{ expectedMemory, memoryWarnings }, { thisMachine }, { memoryLines }] = await Promise.all([
    import("../lib/pipeline/expected_memory.ts"),
    import("../lib/pipeline/machine.ts"),
    import("./memory_text.ts"),
  ]);
  const states = await judge.assess(selection.needed);
  const counts = { run: 0, wait: 0, fresh: 0, shared: 0 };
  /** Fingerprint → the instance that would make that result. */
  const makers = new Map<string, string>();
  for (const [id, state] of states) {
    const forced = force && selection.targets.has(id);
    if (state.kind === "waiting") {
      counts.wait++;
      print(`may run    ${id}  waits ${freshnessText(state)}`);
    } else if (makers.has(state.fingerprint) && !forced) {
      counts.shared++;
      print(`shared     ${id}  with ${makers.get(state.fingerprint)}`);
    } else if (state.kind === "stale" || forced) {
      counts.run++;
      makers.set(state.fingerprint, id);
      print(`would run  ${id}  ${forced ? "forced" : freshnessText(state)}`);
    } else counts.fresh++;
  }
  const shared = counts.shared > 0 ? `, ${counts.shared} shared` : "";
  print(`${counts.run} would run, ${counts.wait} may run, ${counts.fresh} fresh${shared}`);
  const machineMib = executor === "local" ? thisMachine().memoryMib : undefined;
  const memory = expectedMemory(judge.plan.instances, selection, states, { force, machineMib });
  for (const line of memoryLines(memory)) print(line);
  for (const each of memoryWarnings(memory)) printError(formatProblem(each));
}

/** The headline table of every study, and the claims of all. */
async function headlineOf({ plan, workspace }: Judge): Promise<string> {
  const shows = plan.studies.some(({ headline, kinds }) => headline || kinds.has("claims"));
  if (!shows) return "";
  const [{ resultsFolderOf }, { headlineText }] = await Promise.all([
    import("../lib/pipeline/results_place.ts"),
    import("./headline.ts"),
  ]);
  return await headlineText(plan.studies.map((study) => ({
    pipeline: study.pipeline,
    folder: resultsFolderOf(workspace, study),
    headline: study.headline,
  })));
}

/** Leaves a note by which the next run with nothing to do is quick. */
async function settle(
  judge: Judge,
  records: RunResult["records"],
  run: SettledRun,
): Promise<void> {
  const [{ pathsLookedAt }, { nextCollection }, { keepForNextRun }] = await Promise.all([
    import("../lib/pipeline/looked_at.ts"),
    import("../lib/store/collect_daily.ts"),
    import("./settled.ts"),
  ]);
  try {
    const paths = pathsLookedAt(judge, records.values());
    const collects = Deno.env.get("CROSSTIE_GC") !== "off";
    const until = collects ? nextCollection(judge.workspace.store.folder) : undefined;
    keepForNextRun(run, paths, until);
  } catch {
    // Without the note the next run takes the long way, and prints the same.
  }
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError("It must be a whole number from 1.");
}
