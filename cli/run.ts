/**
 * `crosstie run`: brings targets up to date.
 *
 * @module
 */
import { InvalidArgumentError } from "@commander-js/extra-typings";
import type { EventSink, RunSummary } from "../lib/pipeline/events.ts";
import type { Judge } from "../lib/pipeline/freshness.ts";
import type { Selection } from "../lib/plan/targets.ts";
import { exit } from "./exit.ts";
import { requireProvider } from "./probe.ts";
import { openPipeline, pipelineCommand, workerArguments } from "./pipeline_command.ts";
import { freshnessText } from "./verdict_text.ts";

/** The command. */
export function runCommand() {
  return pipelineCommand("run")
    .description("Brings targets, and all they need, up to date.")
    .argument("[targets...]", "train, 'train[language=swa]' or evaluate+ (default: everything)")
    .option("--jobs <n>", "cores to use (default: all)", positive)
    .option("--force", "run the targets even where they are fresh")
    .option("--keep-going", "after a failure, go on with what does not depend on it")
    .option("--dry-run", "say what would run, and run nothing")
    .option("--json", "one event per line")
    .addHelpText("after", "\nExample:\n  deno task pipeline 'train[source=deu]' --set epochs=3")
    .action(async (targets, options) => {
      const { selectTargets } = await import("../lib/plan/targets.ts");
      const judge = await openPipeline(options);
      const selection = selectTargets(judge.plan, targets);
      if (options.dryRun) return await dryRun(judge, selection, options.force === true);
      if (options.device !== "cpu") await requireProvider(options.device);
      const { printEvents } = await import("./progress.ts");
      const onEvent: EventSink = options.json
        ? (event) => console.log(JSON.stringify({ at: new Date().toISOString(), ...event }))
        : printEvents();
      const summary = await execute(judge, selection, onEvent, {
        jobs: options.jobs ?? navigator.hardwareConcurrency,
        force: options.force,
        keepGoing: options.keepGoing,
      });
      if (summary.interrupted) exit.code = exit.interrupted;
      else if (summary.failed > 0) exit.code = exit.stageFailed;
      else if (!options.json && judge.plan.headline) await headline(judge, judge.plan.headline);
    });
}

async function execute(
  judge: Judge,
  selection: Selection,
  onEvent: EventSink,
  options: { jobs: number; force?: boolean; keepGoing?: boolean },
): Promise<RunSummary> {
  const [{ runPlan }, { localExecutor }] = await Promise.all([
    import("../lib/pipeline/run.ts"),
    import("../lib/pipeline/executors/local.ts"),
  ]);
  const executor = localExecutor(workerArguments);
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

async function dryRun(judge: Judge, selection: Selection, force: boolean): Promise<void> {
  const states = await judge.assess(selection.needed);
  const counts = { run: 0, wait: 0, fresh: 0 };
  for (const [id, state] of states) {
    const forced = force && selection.targets.has(id);
    if (state.kind === "waiting") {
      counts.wait++;
      console.log(`may run    ${id}  waits ${freshnessText(state)}`);
    } else if (state.kind === "stale" || forced) {
      counts.run++;
      console.log(`would run  ${id}  ${forced ? "forced" : freshnessText(state)}`);
    } else counts.fresh++;
  }
  console.log(`${counts.run} would run, ${counts.wait} may run, ${counts.fresh} fresh`);
}

async function headline(judge: Judge, table: string): Promise<void> {
  const [{ resultsFolderOf }, { printHeadline }] = await Promise.all([
    import("../lib/pipeline/results.ts"),
    import("./headline.ts"),
  ]);
  await printHeadline(resultsFolderOf(judge), table);
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError("It must be a whole number from 1.");
}
