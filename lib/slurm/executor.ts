/**
 * Runs instances as job arrays of Slurm: one for each ready set of equal resources.
 *
 * @module
 */
import { canonicalJson, type Json } from "../core/canonical_json.ts";
import { arrayJob } from "./array_job.ts";
import { cancelJobs, taskNames } from "./queue.ts";
import { askMaxArraySize, submitArray } from "./submit.ts";
import { Claims } from "../store/claims.ts";
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
  readonly times?: WatchTimes;
}

/** How long a set grows before it is submitted: while more comes, and at most, in ms. */
const quietMs = 200;
const longestMs = 2_000;
/** How long cancelling may take, in ms. */
const cancelMs = 1_500;
/** How often it is looked whether what another process runs has ended, at first and at last, in ms. */
const heldMs = 250;
const slowestHeldMs = 10_000;

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
  readonly claims = "followers";
  readonly #watch: SlurmWatch;
  /** Looks at what others run. */
  readonly #runners: Claims;
  /** Pipeline, resources and options → what waits to be submitted. */
  readonly #sets = new Map<string, Wanted[]>();
  /** Folders of submissions that were read, or made here. */
  readonly #known = new Set<string>();
  /** Fingerprint → a task of another process that has not ended. */
  readonly #found = new Map<string, { array: SubmissionFolder; index: number }>();
  #started: Promise<number> | undefined;
  #submitting: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #setStartedAt = 0;
  #cancelling: Promise<void> | undefined;

  constructor(readonly settings: SlurmSettings) {
    this.#watch = new SlurmWatch(settings.store, settings.times ?? watchTimes);
    this.#runners = new Claims(`${settings.store.folder}/claims`);
  }

  async run(request: WorkRequest, listener: Listener, signal: AbortSignal): Promise<Outcome> {
    this.#started ??= this.#start(signal);
    await this.#started;
    const { fingerprint } = request;
    if (!this.#found.has(fingerprint) && this.#runners.isHeld(fingerprint)) {
      listener.place("another process runs it");
      await this.#untilFree(fingerprint, signal);
      if (this.settings.store.readRecord(fingerprint)) return { kind: "done" };
    }
    if (signal.aborted) return cancelled;
    const outcome = Promise.withResolvers<Outcome>();
    this.#gather({ request, listener, outcome });
    return await outcome.promise;
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#submitting;
    await this.#cancelling;
    await this.#watch.close();
    await this.#runners.close();
  }

  kill(): void {
    // The jobs are Slurm's: what is not cancelled yet is found by the next run.
  }

  /** Finds what other processes left; the number of tasks that an array may have. */
  async #start(signal: AbortSignal): Promise<number> {
    signal.addEventListener("abort", () => this.#cancelling = this.#cancel());
    const size = await askMaxArraySize();
    this.#note(await openSubmissions(this.settings.store));
    return size;
  }

  #note(arrays: readonly SubmissionFolder[]): void {
    for (const array of arrays) {
      this.#known.add(array.folder);
      const ended = new Set(array.ended());
      for (const [index, { fingerprint }] of array.submission.tasks.entries()) {
        if (fingerprint !== undefined && !ended.has(index)) {
          this.#found.set(fingerprint, { array, index });
        }
      }
    }
  }

  async #untilFree(fingerprint: string, signal: AbortSignal): Promise<void> {
    for (let waitMs = heldMs; !signal.aborted && this.#runners.isHeld(fingerprint);) {
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      waitMs = Math.min(slowestHeldMs, 1.2 * waitMs);
    }
  }

  #gather(wanted: Wanted): void {
    const { pipeline, profile, resources, slurm } = wanted.request;
    const key = canonicalJson({ pipeline, profile, resources, slurm } as unknown as Json);
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
    // One `sbatch` after the other, as a controller likes it.
    this.#submitting = this.#submitting.then(async () => {
      for (const set of sets) {
        await this.#submitSet(set).catch((error) => {
          set.forEach(({ outcome }) => outcome.reject(error));
        });
      }
    });
  }

  /** Follows what is in Slurm already, and submits the rest in as large parts as it takes. */
  async #submitSet(set: readonly Wanted[]): Promise<void> {
    // Another engine may have submitted since: it has ended, or its claims would still hold.
    this.#note(SubmissionFolder.readAll(this.settings.store.folder, this.#known));
    let rest: Wanted[] = [];
    for (const wanted of set) {
      const { fingerprint, attemptFolder } = wanted.request;
      const found = this.#found.get(fingerprint);
      this.#found.delete(fingerprint);
      if (!found) rest.push(wanted);
      else {
        await Deno.remove(attemptFolder, { recursive: true });
        this.#watch.add([watched(wanted, found.array, found.index)]);
      }
    }
    const largest = await this.#started!;
    let refused = false;
    for (let size = largest; rest.length > 0;) {
      if (this.#cancelling) return rest.forEach(({ outcome }) => outcome.resolve(cancelled));
      const chunk = rest.slice(0, size);
      if (await this.#submit(chunk)) {
        rest = rest.slice(chunk.length);
        if (!refused) size = Math.min(largest, 2 * size);
      } else {
        refused = chunk.length > 1;
        size = refused
          ? Math.ceil(chunk.length / 2)
          : Math.min(largest, await this.#untilRoom(rest));
      }
    }
  }

  /** Waits until a full queue may have room: for how many tasks at least. */
  async #untilRoom(waiting: readonly Wanted[]): Promise<number> {
    waiting.forEach(({ listener }) => listener.place("waits for room in Slurm's queue"));
    const inQueue = this.#watch.size;
    const until = performance.now() + this.#watch.times.fullMs;
    const freed = (): number => inQueue - this.#watch.size;
    while (!this.#cancelling && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, heldMs));
      if (freed() > 0 && freed() >= inQueue / 4) break;
    }
    return Math.max(1, freed());
  }

  /** Submits one array; false when there is no room for it. */
  async #submit(set: readonly Wanted[]): Promise<boolean> {
    const { pipeline, profile } = set[0].request;
    const array = await SubmissionFolder.create(this.settings.store.folder, {
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
    this.#known.add(array.folder);
    try {
      const { resources, slurm, instance } = set[0].request;
      const job = arrayJob(array, resources, slurm, this.settings.workerArguments);
      const stage = instance.replace(/\[.*/, "");
      const submitted = this.#cancelling
        ? undefined
        : await submitArray({ ...job, name: `${pipeline}.${stage}` });
      if (submitted?.kind !== "accepted") {
        await array.remove();
        return false;
      }
      array.noteJob(submitted.job);
    } catch (error) {
      await array.remove();
      throw error;
    }
    set.forEach(({ listener }, i) => listener.place(`Slurm job ${array.nameOf(i)}, pending`));
    this.#watch.add(set.map((wanted, index) => watched(wanted, array, index)));
    if (this.#cancelling) await this.#cancel();
    return true;
  }

  async #cancel(): Promise<void> {
    clearTimeout(this.#timer);
    for (const set of this.#sets.values()) {
      set.forEach(({ outcome }) => outcome.resolve(cancelled));
    }
    this.#sets.clear();
    const open = [...this.#watch.open].map(([array, tasks]) => {
      const others = array.submission.tasks.length - array.ended().length - tasks.size;
      return { array, tasks: [...tasks], isWhole: others <= 0 };
    });
    const names = open.flatMap(({ array: { job }, tasks, isWhole }) =>
      job === undefined ? [] : isWhole ? [job] : taskNames(job, tasks.map(({ index }) => index))
    );
    await cancelJobs(names, cancelMs);
    await Promise.all(open.map(async ({ array, tasks, isWhole }) => {
      const isOver = isWhole && array.submission.graph === undefined;
      if (isOver) await array.remove();
      else array.endAll(tasks.map(({ index }) => index), cancelled);
      for (const task of tasks) await this.#watch.settle(task, cancelled);
    }));
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
