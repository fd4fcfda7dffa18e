/**
 * Submits job arrays so that each is accepted once, also when the answer is lost.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";
import { callProgram } from "./programs.ts";
import { askQueue } from "./queue.ts";

/** A job array. */
export interface ArrayJob {
  readonly name: string;
  /** Tasks are numbered from 0. */
  readonly tasks: number;
  /** How many tasks run at once; all of them when left out. */
  readonly limit?: number;
  /** Says what this submission is: no other has the same. */
  readonly comment: string;
  readonly script: string;
  /** Where each task prints, with `%a` for its number; the folder must be there. */
  readonly output: string;
  readonly cores: number;
  readonly memoryMib: number;
  readonly gpus: number;
  readonly timeMinutes?: number;
  /** Ids of arrays that must succeed before. */
  readonly after?: readonly string[];
  readonly partition?: string;
  readonly account?: string;
  readonly qos?: string;
  readonly options?: readonly string[];
}

/** How long before the end of its time a task is told, in s. */
const warningSeconds = 90;
const tries = 6;
const firstPauseMs = 1_000;
/** What `sbatch` says when a cluster, or a user in it, has as many jobs as may be. */
const full = /SubmitJob|unable to accept job|job queue full/i;
/** Messages after which a job may have been accepted nevertheless. */
const doubtful =
  /timed out|timeout|unable to contact|connection|communication|temporarily|try again|zero bytes/i;

/** The options of `sbatch` for an array. */
export function sbatchArguments(job: ArrayJob): string[] {
  const { timeMinutes, after = [] } = job;
  const seconds = timeMinutes === undefined ? Infinity : 60 * Math.ceil(timeMinutes);
  const given = (name: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [`--${name}=${value}`];
  return [
    "--parsable",
    `--job-name=${job.name}`,
    `--array=0-${job.tasks - 1}${job.limit === undefined ? "" : `%${job.limit}`}`,
    `--comment=${job.comment}`,
    `--output=${job.output}`,
    "--open-mode=append",
    "--requeue",
    `--signal=B:USR2@${Math.min(warningSeconds, seconds / 4)}`,
    "--nodes=1",
    "--ntasks=1",
    `--cpus-per-task=${job.cores}`,
    `--mem=${job.memoryMib}M`,
    ...given("time", timeMinutes === undefined ? undefined : Math.ceil(timeMinutes)),
    ...given("gpus-per-node", job.gpus > 0 ? job.gpus : undefined),
    ...after.length > 0
      ? [`--dependency=afterok:${after.join(":")}`, "--kill-on-invalid-dep=yes"]
      : [],
    ...given("partition", job.partition),
    ...given("account", job.account),
    ...given("qos", job.qos),
    ...job.options ?? [],
  ];
}

/** What became of an array: Slurm has it, or has no room for so many tasks now. */
export type Submitted =
  | { readonly kind: "accepted"; readonly job: string }
  | { readonly kind: "full"; readonly error: UserError };

/**
 * Submits an array. After a lost answer Slurm is asked for the comment before anything is submitted
 * again.
 *
 * @throws {UserError} when Slurm refuses it, or does not answer
 */
export async function submitArray(job: ArrayJob): Promise<Submitted> {
  let pauseMs = firstPauseMs;
  let error = "";
  let known = true; // whether it is known that Slurm has not accepted it
  for (let i = 0; i < tries; i++) {
    if (known) {
      // It would try again by itself for two minutes.
      const options = { input: job.script, endAt: full };
      const reply = await callProgram("sbatch", sbatchArguments(job), options);
      const id = /^(\d+)/m.exec(reply.out)?.[1];
      if (reply.ok && id !== undefined) return { kind: "accepted", job: id };
      error = reply.error.replace(/^sbatch: error: |, sleeping and retrying$/gm, "");
      if (full.test(error)) return { kind: "full", error: refusal(job, error) };
      if (!doubtful.test(error)) break;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs *= 2;
    const rows = await askQueue();
    const accepted = rows?.find(({ comment }) => comment === job.comment);
    if (accepted) return { kind: "accepted", job: accepted.job };
    known = rows !== undefined;
  }
  throw refusal(job, error);
}

function refusal({ name }: ArrayJob, error: string): UserError {
  return new UserError({
    message: `Cannot submit ${name} to Slurm: ${error || "sbatch gave no job id"}`,
    hint: full.test(error)
      ? "without --detach, instances are submitted as there is room for them"
      : "check `slurm:` and `resources:` in the pipeline file, and that sinfo answers",
  });
}

/** How many tasks an array of this cluster can have. */
export async function askMaxArraySize(): Promise<number> {
  const { ok, out, error } = await callProgram("scontrol", ["show", "config"]);
  if (!ok) {
    throw new UserError({
      message: `Cannot ask Slurm for its configuration: ${error}`,
      hint: "run this on a machine where sinfo and sbatch work, or leave out --executor slurm",
    });
  }
  return Math.max(1, Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(out)?.[1] ?? 1001));
}
