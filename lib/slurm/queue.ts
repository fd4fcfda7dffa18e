/**
 * What Slurm says about jobs: one question for all of them.
 *
 * @module
 */
import { callProgram } from "./programs.ts";

/** One task of a job array. */
export interface QueueRow {
  /** The array's job id. */
  readonly job: string;
  readonly index: number;
  /** Such as `PENDING`. */
  readonly state: string;
  readonly comment: string;
}

const live = new Set([
  "CONFIGURING",
  "COMPLETING",
  "PENDING",
  "REQUEUED",
  "REQUEUE_FED",
  "REQUEUE_HOLD",
  "RESIZING",
  "RESV_DEL_HOLD",
  "REVOKED",
  "RUNNING",
  "SIGNALING",
  "SPECIAL_EXIT",
  "STAGE_OUT",
  "STOPPED",
  "SUSPENDED",
]);

/** How a task ended, where Slurm alone knows. */
export type SlurmEnd = "completed" | "crashed" | "memory" | "time" | "lost";

const rangesInName = 1_000;

const ends: Readonly<Record<string, SlurmEnd>> = {
  COMPLETED: "completed",
  FAILED: "crashed",
  OUT_OF_MEMORY: "memory",
  TIMEOUT: "time",
  DEADLINE: "time",
  CANCELLED: "lost",
  NODE_FAIL: "lost",
  BOOT_FAIL: "lost",
  PREEMPTED: "lost",
};

/** Whether a task in this state may still do something. */
export function isLive(state: string): boolean {
  return live.has(state);
}

/** What a final state means; undefined for one that is not known, which is never success. */
export function endOf(state: string): SlurmEnd | undefined {
  return ends[state.split(/[ +]/)[0]];
}

/** All tasks of this user that Slurm remembers; undefined when it does not answer. */
export async function askQueue(): Promise<QueueRow[] | undefined> {
  const { ok, out } = await callProgram("squeue", [
    "--me",
    "--noheader",
    "--array",
    "--states=all",
    "--format=%F|%K|%T|%k",
  ]);
  if (!ok) return undefined;
  return out.split("\n").filter((line) => line !== "").map((line) => {
    const [job, index, state, ...comment] = line.split("|");
    return { job, index: Number(index), state, comment: comment.join("|").trim() };
  });
}

/** The states of tasks that the queue has forgotten, from accounting, which may not exist. */
export async function askAccounting(jobs: readonly string[]): Promise<QueueRow[] | undefined> {
  const { ok, out } = await callProgram("sacct", [
    "--noheader",
    "--allocations",
    "--parsable2",
    `--jobs=${jobs.join(",")}`,
    "--format=JobID,State",
  ]);
  if (!ok) return undefined;
  return out.split("\n").flatMap((line) => {
    const match = /^(\d+)_(\d+)\|(\w+)/.exec(line);
    if (!match) return [];
    return [{ job: match[1], index: Number(match[2]), state: match[3], comment: "" }];
  });
}

/** Tasks of an array as `scancel` takes them: `12_[0-99,105]`, several where they would be long. */
export function taskNames(job: string, indices: readonly number[]): string[] {
  const ranges: [from: number, to: number][] = [];
  for (const index of indices.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last?.[1] === index - 1) last[1] = index;
    else ranges.push([index, index]);
  }
  const names: string[] = [];
  for (let i = 0; i < ranges.length; i += rangesInName) {
    const some = ranges.slice(i, i + rangesInName);
    names.push(`${job}_[${some.map(([a, b]) => a === b ? a : `${a}-${b}`).join(",")}]`);
  }
  return names;
}

/** Ends tasks (`12_3`, `12_[0-99]`) or whole arrays (`12`). */
export async function cancelJobs(
  jobs: readonly string[],
  timeoutMs?: number,
): Promise<void> {
  const longest = 60_000; // characters, well below the longest command line
  for (let i = 0; i < jobs.length;) {
    const some: string[] = [];
    for (let length = 0; i < jobs.length && (some.length === 0 || length < longest); i++) {
      some.push(jobs[i]);
      length += jobs[i].length;
    }
    await callProgram("scancel", ["--quiet", ...some], { timeoutMs });
  }
}
