/**
 * How far the newest run of a pipeline is, read from its journal: the run knows nothing of who reads.
 *
 * @module
 */
import { join } from "node:path";
import { readSmallFile, textBytes } from "../lib/core/small_file.ts";
import type { RunEvent } from "../lib/pipeline/events.ts";
import { journalEvents } from "../lib/pipeline/journal_events.ts";
import { RunState } from "./run_state.ts";
import { countText } from "./sizes.ts";

/** The most journals that are looked through for one of a pipeline. */
const newest = 50;

/** How far a run is. */
export interface RunProgress {
  readonly run: string;
  readonly hasEnded: boolean;
  readonly stages: readonly {
    readonly name: string;
    readonly count: number;
    readonly done: number;
    readonly failed: number;
  }[];
  readonly running: readonly string[];
}

/** The newest run of a pipeline and profile; undefined where its journal is gone, or it never ran. */
export async function newestRun(
  storeFolder: string,
  pipeline: string,
  profile: string,
): Promise<RunProgress | undefined> {
  const folder = join(storeFolder, "runs");
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (name.endsWith(".jsonl")) names.push(name);
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  for (const name of names.sort().reverse().slice(0, newest)) {
    const events = journalEvents(
      await readSmallFile(join(folder, name), textBytes).catch(() => ""),
    );
    const [first] = events;
    if (
      first?.event === "runStarted" && first.pipeline === pipeline && first.profile === profile
    ) return progressOf(first.run, events);
  }
  return undefined;
}

/**
 * What a reader of results must know of the newest run: what has failed or was not reached has no
 * rows. Undefined where it went well.
 */
export function runWarning(run: RunProgress | undefined): string | undefined {
  if (run === undefined) return undefined;
  const failed = run.stages.filter((stage) => stage.failed > 0);
  const left = run.stages.reduce((sum, each) => sum + each.count - each.done - each.failed, 0);
  if (run.hasEnded && failed.length === 0) return undefined;
  const count = failed.reduce((sum, stage) => sum + stage.failed, 0);
  const parts = [
    ...failed.length > 0
      ? [`${countText(count, "instance")} failed (${failed.map(({ name }) => name).join(", ")})`]
      : [],
    ...left > 0 ? [`${countText(left, "instance")} did not run`] : [],
  ];
  if (parts.length === 0) return undefined;
  return `In the newest run, ${
    parts.join(" and ")
  }: there are no rows of them here, or older ones.`;
}

function progressOf(run: string, events: readonly RunEvent[]): RunProgress {
  const state = new RunState(() => 0);
  for (const event of events) state.note(event);
  return {
    run,
    hasEnded: events.at(-1)?.event === "runEnded",
    stages: [...state.stages.values()].map(({ name, count, done, fresh, failed }) => ({
      name,
      count,
      done: done + fresh,
      failed,
    })),
    running: [...state.running.keys()],
  };
}
