/**
 * Runs instances as job arrays of Slurm: one for each ready set of equal resources.
 *
 * @module
 */
import { canonicalJson, type Json } from "../core/canonical_json.ts";
import type { SlurmOptions } from "../plan/execution.ts";
import type { Resources } from "../plan/stage.ts";
import { cancelJobs } from "./queue.ts";
import { type ArrayJob, askMaxArraySize, submitArray } from "./submit.ts";
import type { Store } from "../store/store.ts";
import { unlimited } from "../pipeline/budget.ts";
import type { Executor, Listener, Outcome, WorkRequest } from "../pipeline/work.ts";
import { openSubmissions } from "./jobs.ts";
import { SlurmWatch, type WatchedTask, type WatchTimes, watchTimes } from "./watch.ts";
import { SubmissionFolder } from "./submissions.ts";

/** What a Slurm executor needs to know. */
export interface SlurmSettings {
  /** What the Deno executable is given to be a worker, such as `["run", "-A", "main.ts", "worker"]`. */
  readonly workerArguments: readonly string[];
  readonly store: Store;
  readonly pipeline: string;
  readonly profile: string;
  readonly times?: WatchTimes;
}

/** How long a set grows before it is submitted: while more comes, and at most, in ms. */
const quietMs = 200;
const longestMs = 2_000;
/** How long cancelling may take, in ms. */
const cancelMs = 1_500;

interface Wanted {
  readonly request: WorkRequest;
  readonly listener: Listener;
  readonly outcome: PromiseWithResolvers<Outcome>;
}

/** An executor of Slurm jobs, which go on when this process ends and are found by the next one. */
export function slurmExecutor(settings: SlurmSettings): Executor {
  return new SlurmExecutor(settings);
}

class SlurmExecutor implements Executor {
  readonly machine = unlimited;
  readonly capacity = unlimited;
  readonly #watch: SlurmWatch;
  /** Resources and options → what waits to be submitted. */
  readonly #sets = new Map<string, Wanted[]>();
  /** Fingerprint → a task of another process that has not ended. */
  readonly #found = new Map<string, { array: SubmissionFolder; index: number }>();
  readonly #submitting = new Set<Promise<void>>();
  #started: Promise<number> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #setStartedAt = 0;
  #cancelling: Promise<void> | undefined;

  constructor(readonly settings: SlurmSettings) {
    this.#watch = new SlurmWatch(settings.store, settings.times ?? watchTimes);
  }

  async run(request: WorkRequest, listener: Listener, signal: AbortSignal): Promise<Outcome> {
    this.#started ??= this.#start(signal);
    await this.#started;
    if (signal.aborted) return cancelled;
    const outcome = Promise.withResolvers<Outcome>();
    const wanted = { request, listener, outcome };
    const found = this.#found.get(request.fingerprint);
    if (found) {
      this.#found.delete(request.fingerprint);
      await Deno.remove(request.attemptFolder, { recursive: true });
      this.#watch.add([watched(wanted, found.array, found.index)]);
    } else this.#gather(wanted);
    return await outcome.promise;
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.all(this.#submitting);
    await this.#cancelling;
    await this.#watch.close();
  }

  kill(): void {
    // The jobs are Slurm's: what is not cancelled yet is found by the next run.
  }

  /** Finds what other processes left; the number of tasks that an array may have. */
  async #start(signal: AbortSignal): Promise<number> {
    signal.addEventListener("abort", () => this.#cancelling = this.#cancel());
    const size = await askMaxArraySize();
    for (const array of await openSubmissions(this.settings.store)) {
      const ended = new Set(array.ended());
      for (const [index, { fingerprint }] of array.submission.tasks.entries()) {
        if (fingerprint !== undefined && !ended.has(index)) {
          this.#found.set(fingerprint, { array, index });
        }
      }
    }
    return size;
  }

  #gather(wanted: Wanted): void {
    const { resources, slurm } = wanted.request;
    const key = canonicalJson({ resources, slurm } as unknown as Json);
    const set = this.#sets.get(key);
    if (set) set.push(wanted);
    else this.#sets.set(key, [wanted]);
    const now = performance.now();
    if (this.#timer === undefined) this.#setStartedAt = now;
    clearTimeout(this.#timer);
    const waitMs = Math.min(quietMs, Math.max(0, this.#setStartedAt + longestMs - now));
    this.#timer = setTimeout(() => this.#flush(), waitMs);
  }

  #flush(): void {
    this.#timer = undefined;
    const sets = [...this.#sets.values()];
    this.#sets.clear();
    const work = this.#submitAll(sets).finally(() => this.#submitting.delete(work));
    this.#submitting.add(work);
  }

  /** One `sbatch` after the other, as a controller likes it. */
  async #submitAll(sets: readonly Wanted[][]): Promise<void> {
    const size = await this.#started!;
    for (const set of sets) {
      for (let i = 0; i < set.length; i += size) {
        const chunk = set.slice(i, i + size);
        try {
          await this.#submit(chunk);
        } catch (error) {
          chunk.forEach(({ outcome }) => outcome.reject(error));
        }
      }
    }
  }

  async #submit(set: readonly Wanted[]): Promise<void> {
    if (this.#cancelling) return set.forEach(({ outcome }) => outcome.resolve(cancelled));
    const { store, pipeline, profile } = this.settings;
    const array = await SubmissionFolder.create(store.folder, {
      format: 1,
      token: crypto.randomUUID(),
      pipeline,
      profile,
      createdAt: new Date().toISOString(),
      tasks: set.map(({ request: { instance, fingerprint, attemptFolder } }) => ({
        instance,
        fingerprint,
        attemptFolder,
      })),
    }, set.map(({ request }) => request));
    try {
      const { resources, slurm, instance } = set[0].request;
      const job = arrayJob(array, resources, slurm, this.settings.workerArguments);
      const stage = instance.replace(/\[.*/, "");
      array.noteJob(await submitArray({ ...job, name: `${pipeline}.${stage}` }));
    } catch (error) {
      await array.remove();
      throw error;
    }
    set.forEach(({ listener }, i) => listener.place(`Slurm job ${array.nameOf(i)}, pending`));
    this.#watch.add(set.map((wanted, index) => watched(wanted, array, index)));
    if (this.#cancelling) await this.#cancel();
  }

  async #cancel(): Promise<void> {
    clearTimeout(this.#timer);
    for (const set of this.#sets.values()) {
      set.forEach(({ outcome }) => outcome.resolve(cancelled));
    }
    this.#sets.clear();
    const open = [...this.#watch.open];
    const names: string[] = [];
    for (const [array, tasks] of Map.groupBy(open, ({ array }) => array)) {
      const others = array.submission.tasks.length - array.ended().length - tasks.length;
      if (array.job === undefined) continue;
      if (others <= 0) names.push(array.job);
      else names.push(...tasks.map(({ index }) => array.nameOf(index)));
    }
    await cancelJobs(names, cancelMs);
    for (const task of open) {
      task.array.writeEnd(task.index, { ...cancelled, fingerprint: task.fingerprint });
      await this.#watch.settle(task, cancelled);
    }
  }
}

const cancelled: Outcome = { kind: "failed", class: "cancelled", message: "it was stopped" };

function watched({ request, listener, outcome }: Wanted, array: SubmissionFolder, index: number) {
  const task: WatchedTask = {
    array,
    index,
    fingerprint: request.fingerprint,
    listener,
    settle: outcome.resolve,
    reject: outcome.reject,
  };
  return task;
}

/** The array that runs a submission's tasks. */
export function arrayJob(
  array: SubmissionFolder,
  { cores, memoryMib, gpus, timeMinutes }: Resources,
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
    memoryMib,
    gpus,
    timeMinutes,
    ...options,
  };
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
