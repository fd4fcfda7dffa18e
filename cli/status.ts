/**
 * `crosstie status`: what is fresh, what is stale and why, what waits.
 *
 * @module
 */
import type { Freshness, Judge } from "../lib/pipeline/freshness.ts";
import type { Selection } from "../lib/plan/targets.ts";
import { memoryLines } from "./memory_text.ts";
import { openPipeline, pipelineCommand } from "./pipeline_command.ts";
import { instanceLines } from "./status_text.ts";
import { print, printJson, terminalColumns } from "./terminal.ts";

/** The command. */
export function statusCommand() {
  return pipelineCommand("status")
    .description("Shows what is fresh, stale or waiting. Runs nothing, takes no locks.")
    .argument("[targets...]", "train, 'train[language=swa]' or evaluate+ (default: everything)")
    .option("--all", "name every instance, with its first reason in full")
    .option("--json", "one JSON object per instance and line")
    .addHelpText("after", "\nExample:\n  deno task status --profile cpu train+")
    .action(async (targets, options) => {
      const { selectTargets } = await import("../lib/plan/targets.ts");
      const judge = await openPipeline(options);
      const selection = selectTargets(judge.plan, targets);
      const states = await judge.assess(selection.needed);
      if (options.json) printStates(judge, states);
      else {
        printCounts(states);
        await printSlurm(judge);
        printInstances("stale", states, options.all === true);
        printInstances("waiting", states, options.all === true);
        if (options.all) printInstances("fresh", states, true);
        await printMemory(judge, selection, states);
      }
    });
}

function printStates({ context }: Judge, states: ReadonlyMap<string, Freshness>): void {
  for (const [instance, state] of states) {
    const { expectedMib } = context.instances.get(instance)!;
    const { kind } = state;
    const detail = kind === "waiting"
      ? { on: state.on }
      : kind === "stale"
      ? { fingerprint: state.fingerprint, verdicts: state.verdicts }
      : { fingerprint: state.fingerprint };
    printJson({ instance, state: kind, ...detail, expectedMib });
  }
}

function printCounts(states: ReadonlyMap<string, Freshness>): void {
  const byStage = Map.groupBy(states, ([id]) => id.replace(/\[.*/, ""));
  const width = Math.max(5, ...[...byStage.keys()].map((stage) => stage.length));
  const line = (name: string, counts: readonly (string | number)[]): string =>
    name.padEnd(width) + counts.map((count) => String(count).padStart(9)).join("");
  print(line("stage", ["fresh", "stale", "waiting"]));
  for (const [stage, members] of byStage) {
    const count = (kind: Freshness["kind"]): number =>
      members.filter(([, state]) => state.kind === kind).length;
    print(line(stage, [count("fresh"), count("stale"), count("waiting")]));
  }
}

/** What is in Slurm, when something is. */
async function printSlurm({ plan, workspace }: Judge): Promise<void> {
  const { openTasks } = await import("../lib/slurm/jobs.ts");
  const each = plan.studies.map(({ pipeline, profile }) =>
    openTasks(workspace.store, pipeline, profile)
  );
  const tasks = (await Promise.all(each)).flat();
  if (tasks.length === 0) return;
  const byState = Map.groupBy(tasks, ({ state }) => (state ?? "unknown").toLowerCase());
  const counts = [...byState].map(([state, members]) => `${members.length} ${state}`);
  print(`\nin Slurm: ${counts.join(", ")}`);
}

function printInstances(
  kind: Freshness["kind"],
  states: ReadonlyMap<string, Freshness>,
  all: boolean,
): void {
  const lines = instanceLines(kind, states, all, all ? Infinity : terminalColumns());
  if (lines.length > 0) print([`\n${kind}`, ...lines].join("\n"));
}

/** What the stages that are not fresh will take. */
async function printMemory(
  judge: Judge,
  selection: Selection,
  states: ReadonlyMap<string, Freshness>,
): Promise<void> {
  const [{ expectedMemory }, { thisMachine }] = await Promise.all([
    import("../lib/pipeline/expected_memory.ts"),
    import("../lib/pipeline/machine.ts"),
  ]);
  const { memoryMib: machineMib } = thisMachine();
  const lines = memoryLines(
    expectedMemory(judge.plan.instances, selection, states, { machineMib }),
  );
  for (const line of lines) print(`\n${line}`);
}
