/**
 * What Slurm is told about a submission.
 *
 * @module
 */
import type { SlurmOptions } from "../plan/execution.ts";
import type { Resources } from "../plan/stage.ts";
import type { SubmissionFolder } from "./submissions.ts";
import type { ArrayJob } from "./submit.ts";

/** Slurm ends what takes more than it asked for, and an estimate is not exact: what it gets beyond. */
const estimateShare = 1.25, estimateMib = 256;

/** The array that runs a submission's tasks. */
export function arrayJob(
  array: SubmissionFolder,
  { cores, memoryMib, estimatesMemory, gpus, timeMinutes }: Resources,
  { limit, ...options }: SlurmOptions,
  workerArguments: readonly string[],
): Omit<ArrayJob, "name"> {
  const command = [Deno.execPath(), ...workerArguments, "--task", array.folder];
  return {
    tasks: array.submission.tasks.length,
    limit: limit === undefined ? undefined : Number(limit),
    comment: array.comment,
    // The worker takes the shell's place, so that it gets the signals.
    script: `#!/bin/sh\nexec ${command.map(quote).join(" ")}\n`,
    output: `${array.folder}/logs/%a.txt`,
    cores,
    memoryMib: estimatesMemory ? estimateMib + Math.ceil(estimateShare * memoryMib) : memoryMib,
    gpus,
    timeMinutes,
    ...options,
  };
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
