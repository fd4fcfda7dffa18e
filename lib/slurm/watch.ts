/**
 * Follows tasks of Slurm to their ends. What a worker has written is the truth; the queue only
 * explains why there is nothing.
 *
 * @module
 */
import { logOf } from "../store/layout.ts";
import { existsSync } from "node:fs";
import { askAccounting, askQueue, endOf, isLive, type QueueRow, type SlurmEnd } from "./queue.ts";
import type { Store } from "../store/store.ts";
import type { Listener, Outcome } from "../pipeline/work.ts";
import type { SubmissionFolder } from "./submissions.ts";

/** How patient a watch is, in ms. */
export interface WatchTimes {
  /** How often the store is looked at: at first, and at last. */
  readonly pollMs: number;
  readonly slowestPollMs: number;
  /** How often Slurm is asked: at first, and at last. */
  readonly queueMs: number;
  readonly slowestQueueMs: number;
  /** How long after Slurm says that a task failed its files may still appear. */
  readonly graceMs: number;
  /** How long a task may be in no queue, or its files be missing after success. */
  readonly lostMs: number;
  /** How long a full queue is left alone, unless a quarter of what is in it has ended. */
  readonly fullMs: number;
}

/** For clusters that people share. */
export const watchTimes: WatchTimes = {
  pollMs: 250,
  slowestPollMs: 2_000,
  queueMs: 2_000,
  slowestQueueMs: 30_000,
  graceMs: 5_000,
  lostMs: 300_000,
  fullMs: 60_000,
};

/** A task that somebody waits for. */
export interface WatchedTask {
  readonly array: SubmissionFolder;
  readonly index: number;
  readonly fingerprint: string;
  readonly listener: Listener;
  settle(outcome: Outcome): void;
  /** The store cannot be read or written: nothing can be followed any more. */
  reject(error: unknown): void;
}

interface Observed extends WatchedTask {
  /** What Slurm said last, and since when by this process's clock. */
  said?: { state: string; since: number };
  /** When its progress was read last. */
  readAt?: number;
}

/** How many tasks' progress is read at a look, and how often that of one task at most, in ms. */
const progressReads = 50;
const progressEveryMs = 5_000;

/** How many restarts in a row may have left no folder. */
const mostIdleRestarts = 5;
const absent = "ABSENT";
const slower = 1.5;
const messages: Readonly<Record<Exclude<SlurmEnd, "completed">, string>> = {
  crashed: "its process ended by itself",
  memory: "it ran out of memory",
  time: "its time was up",
  lost: "it was ended from outside",
};

/** Watches the tasks of one engine with one question to Slurm for all of them. */
export class SlurmWatch {
  readonly #open = new Map<SubmissionFolder, Set<Observed>>();
  #loop: Promise<void> | undefined;
  #wake = (): void => {};
  #closed = false;
  #hasAccounting = true;
  #pollMs: number;
  #queueMs: number;
  #nextQueueAt = 0;

  constructor(readonly store: Store, readonly times: WatchTimes) {
    this.#pollMs = times.pollMs;
    this.#queueMs = times.queueMs;
  }

  /** The tasks that have not ended, by their array. */
  get open(): ReadonlyMap<SubmissionFolder, ReadonlySet<WatchedTask>> {
    return this.#open;
  }

  /** How many tasks have not ended. */
  get size(): number {
    return this.#open.values().reduce((sum, tasks) => sum + tasks.size, 0);
  }

  /** Follows tasks; asks often again, as something is new. */
  add(tasks: readonly WatchedTask[]): void {
    for (const task of tasks) {
      const others = this.#open.get(task.array);
      if (others) others.add(task);
      else this.#open.set(task.array, new Set([task]));
    }
    this.#pollMs = this.times.pollMs;
    this.#queueMs = this.times.queueMs;
    this.#nextQueueAt = performance.now() + this.#queueMs;
    this.#loop ??= this.#run().catch((error) => {
      for (const task of this.#tasks()) task.reject(error);
      this.#open.clear();
    });
    this.#wake();
  }

  /** Settles a task, and clears what is over. */
  async settle(task: WatchedTask, outcome: Outcome): Promise<void> {
    const { array } = task;
    const others = this.#open.get(array);
    if (!others?.delete(task)) return;
    if (others.size === 0) {
      this.#open.delete(array);
      if (array.submission.graph === undefined && array.isOver) await array.remove();
    }
    task.settle(outcome);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (this.#open.size > 0 && !this.#closed) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, this.#pollMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#pollMs = Math.min(this.times.slowestPollMs, slower * this.#pollMs);
      await this.#readEnds();
      this.#readProgress();
      if (this.#open.size > 0 && performance.now() >= this.#nextQueueAt) {
        await this.#askSlurm();
        this.#queueMs = Math.min(this.times.slowestQueueMs, slower * this.#queueMs);
        this.#nextQueueAt = performance.now() + this.#queueMs;
      }
    }
    this.#loop = undefined;
  }

  async #readEnds(): Promise<void> {
    for (const [array, tasks] of [...this.#open]) {
      const ended = new Set(array.ended());
      for (const task of [...tasks]) {
        const end = ended.has(task.index) ? array.readEnd(task.index) : undefined;
        if (end?.kind === "failed") {
          await this.settle(task, {
            ...end,
            attemptFolder: end.attemptFolder ?? lastAttempt(task),
          });
        } else if (end && this.#isPublished(task)) await this.settle(task, { kind: "done" });
      }
    }
  }

  /** Tells how far running tasks are; of very many, some at each look. */
  #readProgress(): void {
    const now = performance.now();
    const due = [...this.#open].flatMap(([array, tasks]) => {
      const told = new Set(array.withProgress());
      return [...tasks].filter(({ index, readAt }) =>
        told.has(index) && now - (readAt ?? -Infinity) >= progressEveryMs
      );
    }).sort((a, b) => (a.readAt ?? 0) - (b.readAt ?? 0));
    for (const task of due.slice(0, progressReads)) {
      task.readAt = now;
      const progress = task.array.readProgress(task.index);
      if (progress) task.listener.progress(progress);
    }
  }

  async #askSlurm(): Promise<void> {
    const rows = await askQueue();
    if (!rows) return; // no news is no reason to give up
    const jobOf = new Map(rows.map(({ comment, job }) => [comment, job]));
    for (const array of this.#open.keys()) {
      const job = jobOf.get(array.comment);
      if (array.job === undefined && job !== undefined) array.noteJob(job);
    }
    const found = byName(rows);
    const missing = this.#tasks().filter(({ array, index }) => !found.has(array.nameOf(index)));
    const jobs = new Set(missing.flatMap(({ array }) => array.job ?? []));
    if (jobs.size > 0 && this.#hasAccounting) {
      const remembered = await askAccounting([...jobs]);
      if (!remembered) this.#hasAccounting = false;
      for (const [name, row] of byName(remembered ?? [])) {
        if (!found.has(name)) found.set(name, row);
      }
    }
    for (const task of this.#tasks()) {
      await this.#judge(task, found.get(task.array.nameOf(task.index))?.state ?? absent);
    }
  }

  async #judge(task: Observed, state: string): Promise<void> {
    const now = performance.now();
    const name = task.array.nameOf(task.index);
    if (task.said?.state !== state) {
      task.said = { state, since: now };
      if (isLive(state)) task.listener.place(`Slurm job ${name}, ${state.toLowerCase()}`);
    }
    if (isLive(state)) return;
    const end = endOf(state);
    const patienceMs = end === undefined || end === "completed"
      ? this.times.lostMs
      : this.times.graceMs;
    if (now - task.said.since < patienceMs) return;
    if (this.#isPublished(task)) return await this.settle(task, { kind: "done" });
    const printed = task.array.readLog(task.index);
    const cause = end === undefined || end === "completed"
      ? "lost"
      : /out of memory|bad_alloc|oom.kill|memory limit/i.test(printed)
      ? "memory"
      : end;
    const message = end === undefined
      ? `it is in no queue and left no record (Slurm job ${name})`
      : end === "completed"
      ? `it left no record (Slurm job ${name}: ${state})`
      : `${messages[cause]} (Slurm job ${name}: ${state})`;
    const attemptFolder = lastAttempt(task);
    await keepLog(attemptFolder, printed);
    const outcome: Outcome = { kind: "failed", class: cause, message, attemptFolder };
    task.array.writeEnd(task.index, { ...outcome, fingerprint: task.fingerprint });
    await this.settle(task, outcome);
  }

  #tasks(): Observed[] {
    return [...this.#open.values()].flatMap((tasks) => [...tasks]);
  }

  #isPublished({ fingerprint }: WatchedTask): boolean {
    return this.store.readRecord(fingerprint) !== undefined;
  }
}

function byName(rows: readonly QueueRow[]): Map<string, QueueRow> {
  return new Map(rows.map((row) => [`${row.job}_${row.index}`, row]));
}

/** The folder of the last restart of a task; a restart that only waited has none. */
function lastAttempt({ array, index, fingerprint }: WatchedTask): string {
  const first = array.attemptFolder(index, fingerprint);
  let last = first;
  for (let restart = 1, missing = 0; missing < mostIdleRestarts; restart++) {
    if (existsSync(`${first}-${restart}`)) {
      last = `${first}-${restart}`;
      missing = 0;
    } else missing++;
  }
  return last;
}

/** Adds what a process printed, such as the last words of native code, to the attempt's log. */
async function keepLog(attemptFolder: string, printed: string): Promise<void> {
  await Deno.mkdir(attemptFolder, { recursive: true });
  await Deno.writeTextFile(logOf(attemptFolder), printed, { append: true });
}
