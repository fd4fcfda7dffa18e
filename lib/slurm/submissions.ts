/**
 * Job arrays as they lie in the store, so that any process can find them again.
 *
 * ```text
 * slurm/<token>/submission.json   its tasks, written before Slurm hears of it
 * slurm/<token>/job               Slurm's id, written after
 * slurm/<token>/requests.jsonl    what task i runs, in line i: a file for each would be thousands
 * slurm/<token>/requests.places   where each line begins, and the last ends: numbers of 64 bits
 * slurm/<token>/logs/<i>.txt      what its process printed
 * slurm/<token>/progress/<i>.json how far it is, while it runs
 * slurm/<token>/ends/<i>.json     how it ended: by its worker, or by an engine that gave it up
 * ```
 *
 * @module
 */
import { closeSync, openSync, readdirSync, readSync } from "node:fs";
import { basename, dirname } from "node:path";
import { readSmallFileSync, textBytes } from "../core/small_file.ts";
import { writeAtomically } from "../core/durable_files.ts";
import { attemptName } from "../store/layout.ts";
import type { Progress } from "../plan/stage.ts";
import type { Outcome } from "../pipeline/work.ts";

/** A task of an array. */
export interface SubmittedTask {
  readonly instance: string;
  /** Unknown while inputs are not there, as in a detached graph. */
  readonly fingerprint?: string;
  /** Where it runs, when not in {@linkcode ownAttemptFolder}. */
  readonly attemptFolder?: string;
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

/** The attempt folder that a task makes when it is given none; a restart adds its number. */
export function ownAttemptFolder(folder: string, index: number, fingerprint: string): string {
  const name = attemptName(fingerprint, `${basename(folder)}-task-${index}`);
  return `${dirname(dirname(folder))}/${name}`;
}

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
    for (const name of ["logs", "progress", "ends"]) {
      await Deno.mkdir(`${folder}/${name}`, { recursive: true });
    }
    const encoder = new TextEncoder();
    const lines = requests.map((request) => encoder.encode(JSON.stringify(request) + "\n"));
    const places = new BigUint64Array(lines.length + 1);
    lines.forEach((line, i) => places[i + 1] = places[i] + BigInt(line.length));
    await Deno.writeFile(`${folder}/requests.jsonl`, ReadableStream.from(lines));
    await Deno.writeFile(`${folder}/requests.places`, new Uint8Array(places.buffer));
    writeAtomically(`${folder}/submission.json`, JSON.stringify(submission));
    return new SubmissionFolder(folder, submission);
  }

  /** What a task runs, given the folder of its submission. */
  static readRequest(folder: string, index: number): unknown {
    const places = readBytes(`${folder}/requests.places`, 8 * index, 16);
    const [from, to] = new BigUint64Array(places.buffer).values().map(Number);
    const line = readBytes(`${folder}/requests.jsonl`, from, to - from);
    return JSON.parse(new TextDecoder().decode(line));
  }

  /**
   * All submissions of a store, oldest first; what is not whole is left out.
   *
   * @param known folders that are not read
   */
  static readAll(storeFolder: string, known: ReadonlySet<string> = new Set()): SubmissionFolder[] {
    const found = list(`${storeFolder}/slurm`).flatMap((token) => {
      const folder = `${storeFolder}/slurm/${token}`;
      if (known.has(folder)) return [];
      const text = read(`${folder}/submission.json`);
      if (text === undefined) return [];
      const result = new SubmissionFolder(folder, JSON.parse(text));
      result.job = read(`${folder}/job`);
      return [result];
    });
    return found.sort((a, b) => a.submission.createdAt < b.submission.createdAt ? -1 : 1);
  }

  /** Where a task runs first, given its fingerprint. */
  attemptFolder(index: number, fingerprint: string): string {
    return this.submission.tasks[index].attemptFolder ??
      ownAttemptFolder(this.folder, index, fingerprint);
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
    return numbered(`${this.folder}/ends`);
  }

  /** The tasks that have told how far they are. */
  withProgress(): number[] {
    return numbered(`${this.folder}/progress`);
  }

  readProgress(index: number): Progress | undefined {
    const text = read(`${this.folder}/progress/${index}.json`);
    return text === undefined ? undefined : JSON.parse(text);
  }

  readEnd(index: number): TaskEnd | undefined {
    const text = read(`${this.folder}/ends/${index}.json`);
    return text === undefined ? undefined : JSON.parse(text);
  }

  writeEnd(index: number, end: TaskEnd): void {
    writeAtomically(`${this.folder}/ends/${index}.json`, JSON.stringify(end));
  }

  /** Ends tasks that have not ended, as an engine or a person gave them up; a power cut may undo it. */
  endAll(indices: readonly number[], outcome: Outcome): void {
    const ended = new Set(this.ended());
    for (const index of indices) {
      if (ended.has(index)) continue;
      const { fingerprint } = this.submission.tasks[index];
      const path = `${this.folder}/ends/${index}.json`;
      Deno.writeTextFileSync(`${path}.tmp`, JSON.stringify({ ...outcome, fingerprint }));
      Deno.renameSync(`${path}.tmp`, path);
    }
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

function readBytes(path: string, at: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  const file = openSync(path, "r");
  try {
    if (readSync(file, bytes, 0, length, at) !== length) throw new Error(`${path} is cut short`);
  } finally {
    closeSync(file);
  }
  return bytes;
}

function numbered(folder: string): number[] {
  return list(folder).filter((name) => /^\d+\.json$/.test(name)).map((name) => parseInt(name));
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
    return readSmallFileSync(path, textBytes);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
