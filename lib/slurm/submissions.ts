/**
 * Job arrays as they lie in the store, so that any process can find them again.
 *
 * ```text
 * slurm/<token>/submission.json   its tasks, written before Slurm hears of it
 * slurm/<token>/job               Slurm's id, written after
 * slurm/<token>/requests/<i>.json what task i runs
 * slurm/<token>/logs/<i>.txt      what its process printed
 * slurm/<token>/ends/<i>.json     how it ended: by its worker, or by an engine that gave it up
 * ```
 *
 * @module
 */
import { readdirSync } from "node:fs";
import { writeAtomically } from "../core/durable_files.ts";
import type { Outcome } from "../pipeline/work.ts";

/** A task of an array. */
export interface SubmittedTask {
  readonly instance: string;
  /** Unknown while inputs are not there, as in a detached graph. */
  readonly fingerprint?: string;
  readonly attemptFolder: string;
}

/** A job array. */
export interface Submission {
  readonly format: 1;
  readonly token: string;
  readonly pipeline: string;
  readonly profile: string;
  /** Arrays of one detached graph have the same; its files stay until all of it has ended. */
  readonly graph?: string;
  readonly createdAt: string;
  readonly tasks: readonly SubmittedTask[];
}

/** How a task ended. */
export type TaskEnd = Outcome & { readonly fingerprint?: string };

/** A job array with its folder. */
export class SubmissionFolder {
  /** Slurm's id; undefined while it is not known. */
  job: string | undefined;

  private constructor(readonly folder: string, readonly submission: Submission) {}

  /** Lays out a submission: everything a task needs is there before Slurm hears of it. */
  static async create(
    storeFolder: string,
    submission: Submission,
    requests: readonly object[],
  ): Promise<SubmissionFolder> {
    const folder = `${storeFolder}/slurm/${submission.token}`;
    for (const name of ["requests", "logs", "ends"]) {
      await Deno.mkdir(`${folder}/${name}`, { recursive: true });
    }
    for (const [index, request] of requests.entries()) {
      await Deno.writeTextFile(`${folder}/requests/${index}.json`, JSON.stringify(request));
    }
    writeAtomically(`${folder}/submission.json`, JSON.stringify(submission));
    return new SubmissionFolder(folder, submission);
  }

  /** All submissions of a store, oldest first; what is not whole is left out. */
  static readAll(storeFolder: string): SubmissionFolder[] {
    const found = list(`${storeFolder}/slurm`).flatMap((token) => {
      const folder = `${storeFolder}/slurm/${token}`;
      const text = read(`${folder}/submission.json`);
      if (text === undefined) return [];
      const result = new SubmissionFolder(folder, JSON.parse(text));
      result.job = read(`${folder}/job`);
      return [result];
    });
    return found.sort((a, b) => a.submission.createdAt < b.submission.createdAt ? -1 : 1);
  }

  /** What Slurm calls a submission before it has an id. */
  get comment(): string {
    return `crosstie:${this.submission.token}`;
  }

  /** A task as people name it: `12_3`. */
  nameOf(index: number): string {
    return `${this.job ?? "?"}_${index}`;
  }

  noteJob(job: string): void {
    this.job = job;
    writeAtomically(`${this.folder}/job`, job);
  }

  /** The tasks that have ended. Listing the folder shows new files on NFS too. */
  ended(): number[] {
    return list(`${this.folder}/ends`).filter((name) => /^\d+\.json$/.test(name))
      .map((name) => parseInt(name));
  }

  readEnd(index: number): TaskEnd | undefined {
    const text = read(`${this.folder}/ends/${index}.json`);
    return text === undefined ? undefined : JSON.parse(text);
  }

  writeEnd(index: number, end: TaskEnd): void {
    writeAtomically(`${this.folder}/ends/${index}.json`, JSON.stringify(end));
  }

  readLog(index: number): string {
    return read(`${this.folder}/logs/${index}.txt`) ?? "";
  }

  /** Whether every task has ended. */
  get isOver(): boolean {
    return this.ended().length >= this.submission.tasks.length;
  }

  async remove(): Promise<void> {
    await Deno.remove(this.folder, { recursive: true }).catch(() => {});
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // none yet
  }
}

function read(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
