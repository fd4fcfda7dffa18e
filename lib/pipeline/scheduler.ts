/**
 * Decides what runs when: every instance once its inputs are there, in parallel, each once.
 *
 * @module
 */
import type { Claims, ClaimTimes } from "../store/claims.ts";
import { showControls } from "../core/display_width.ts";
import { Budget } from "./budget.ts";
import type { EventSink, RunSummary } from "./events.ts";
import type { Freshness, Judge } from "./freshness.ts";
import type { Instance } from "../plan/plan.ts";
import { logOf } from "../store/layout.ts";
import { Requests } from "./requests.ts";
import type { RunRecord } from "../store/record.ts";
import type { Selection } from "../plan/targets.ts";
import type { Verdict } from "./verdict.ts";
import type { Resources } from "../plan/stage.ts";
import type { Executor, Failure } from "./work.ts";

/** How a plan is run. */
export interface RunOptions {
  readonly selection: Selection;
  /** Instances of one core that run at once, as far as is known: for estimates. */
  readonly jobs: number;
  readonly executor: Executor;
  readonly onEvent: EventSink;
  /** Stops the run: running instances are cancelled. */
  readonly signal: AbortSignal;
  /** Goes on with what does not depend on a failure. */
  readonly keepGoing?: boolean;
  /** Runs the targets even where they are fresh. */
  readonly force?: boolean;
  readonly claimTimes?: ClaimTimes;
  /** Leaves the lock file as it is. */
  readonly locked?: boolean;
}

/** An attempt that left no record. */
interface FailedAttempt {
  readonly kind: "failedAttempt";
  readonly failure: Failure;
  readonly attemptFolder: string;
  readonly seconds: number;
}

type Stale = Extract<Freshness, { kind: "stale" }>;

/** How often an instance that another process runs is looked at, at first and at last, in ms. */
const pollMs = 100;
const slowestPollMs = 2_000;
const shownLogLines = 20;

/** Starts every instance when its inputs are there, and follows what becomes of it. */
export class Scheduler {
  /** Of the instances that are fresh by now. */
  readonly records = new Map<string, RunRecord>();
  /** Fingerprints of the instances that ran. */
  readonly ran: string[] = [];
  readonly #followers = new Map<string, Instance[]>();
  readonly #openInputs = new Map<string, number>();
  readonly #skipped = new Set<string>();
  readonly #budget: Budget;
  readonly #requests: Requests;
  readonly #end = Promise.withResolvers<void>();
  readonly #counts = { fresh: 0, failed: 0, stopped: 0 };
  #active = 0;
  #isPrepared = false;
  /** How many instances wait for other processes. */
  #polling = 0;

  constructor(
    readonly judge: Judge,
    readonly options: RunOptions,
    readonly claims: Claims,
    readonly emit: EventSink,
    /** Which instance goes first, the lowest number before others. */
    readonly ranks: ReadonlyMap<string, number>,
    /** Done once, before the first instance runs; what it throws ends the run. */
    readonly prepare: () => void = () => {},
  ) {
    this.#budget = new Budget(options.executor.capacity);
    this.#requests = new Requests(judge);
  }

  async run(): Promise<Omit<RunSummary, "seconds" | "interrupted">> {
    const { selection, signal } = this.options;
    const instances = this.judge.plan.instances.filter(({ id }) => selection.needed.has(id));
    for (const instance of instances) {
      const inputs = new Set(Object.values(instance.inputs).flat());
      this.#openInputs.set(instance.id, inputs.size);
      for (const input of inputs) {
        const followers = this.#followers.get(input);
        if (followers) followers.push(instance);
        else this.#followers.set(input, [instance]);
      }
    }
    const stop = (): void => this.#budget.close();
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    try {
      const roots = instances.filter(({ id }) => this.#openInputs.get(id) === 0);
      for (const instance of roots) this.#follow(instance);
      await this.#end.promise;
    } finally {
      signal.removeEventListener("abort", stop);
    }
    const { fresh, failed, stopped } = this.#counts;
    const ran = this.ran.length;
    const skipped = instances.length - ran - fresh - failed - stopped;
    return { ran, ...this.#counts, skipped };
  }

  /** Brings an instance up to date, then those that waited for it. */
  #follow(instance: Instance): void {
    this.#active++;
    this.#bring(instance).then(
      (record) => {
        if (!record) return;
        this.records.set(instance.id, record);
        this.judge.note(instance, record.fingerprint);
        for (const follower of this.#followers.get(instance.id) ?? []) {
          const open = this.#openInputs.get(follower.id)! - 1;
          this.#openInputs.set(follower.id, open);
          if (open === 0) this.#follow(follower);
        }
      },
    ).catch((error) => {
      this.#budget.close();
      this.#end.reject(error);
    }).finally(() => {
      if (--this.#active === 0) this.#end.resolve();
    });
  }

  /** The record of an instance, found or made; undefined when it failed, was stopped or not started. */
  async #bring(instance: Instance): Promise<RunRecord | undefined> {
    const { id } = instance;
    const state = await this.judge.judge(instance, (input) => this.records.get(input));
    if (state.kind === "waiting") throw new Error(`Cannot start ${id} before ${state.on[0]}`);
    const forced = this.options.force === true && this.options.selection.targets.has(id);
    if (state.kind === "fresh" && !forced) return this.#found(id, state.record, false);
    const stale: Stale = state.kind === "stale" ? state : {
      kind: "stale",
      fingerprint: state.fingerprint,
      components: state.record.components,
      verdicts: [],
    };
    const forcing: Verdict[] = forced ? [{ name: "forced" }] : [];
    const { fingerprint } = stale;
    const retries = { ...instance.retries };
    let { resources } = instance;
    let waitMs = pollMs;
    for (;;) {
      const giveBack = await this.#budget.take(resources, this.ranks.get(id)!);
      if (!giveBack) return undefined;
      try {
        if (this.claims.tryClaim(fingerprint)) {
          try {
            const shared = forced ? undefined : await this.#published(instance, fingerprint);
            if (shared) return this.#found(id, shared, true);
            const verdicts = [...forcing, ...stale.verdicts];
            const ended = await this.#attempt(instance, stale, resources, verdicts);
            if (!("kind" in ended)) return ended;
            const { failure, attemptFolder, seconds } = ended;
            if (failure.class === "cancelled") {
              this.#counts.stopped++;
              this.emit({ event: "instanceStopped", instance: id, fingerprint, seconds });
              return undefined;
            }
            if (failure.class === "stage" || retries[failure.class]-- <= 0) {
              return this.#failed(id, fingerprint, failure, attemptFolder, seconds);
            }
            if (failure.class === "memory") {
              resources = { ...resources, memoryMib: 2 * resources.memoryMib };
            }
            const { class: failureClass, message } = failure;
            const { memoryMib } = resources;
            this.emit({
              event: "instanceRetried",
              instance: id,
              fingerprint,
              class: failureClass,
              message,
              memoryMib,
              attemptFolder,
            });
            continue;
          } finally {
            this.claims.release(fingerprint);
          }
        }
      } finally {
        giveBack();
      }
      this.#polling++;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      // The more of them wait, the longer each does: a store is asked 500 times a second at most.
      waitMs = Math.min(Math.max(slowestPollMs, 2 * this.#polling--), 1.2 * waitMs);
      const shared = forced ? undefined : await this.#published(instance, fingerprint);
      if (shared) return this.#found(id, shared, true);
    }
  }

  async #published(
    instance: Instance,
    fingerprint: string,
    check: "size" | "stamp" = "stamp",
  ): Promise<RunRecord | undefined> {
    const found = await this.judge.find(instance, fingerprint, { check });
    return found.kind === "found" ? found.record : undefined;
  }

  #found(instance: string, record: RunRecord, shared: boolean): RunRecord {
    this.#counts.fresh++;
    const { fingerprint } = record;
    this.emit({ event: "instanceFresh", instance, fingerprint, shared });
    return record;
  }

  /** Runs an instance once: its record, or why there is none. */
  async #attempt(
    instance: Instance,
    stale: Stale,
    resources: Resources,
    verdicts: readonly Verdict[],
  ): Promise<RunRecord | FailedAttempt> {
    const { id } = instance;
    const { fingerprint } = stale;
    if (!this.#isPrepared) this.prepare();
    this.#isPrepared = true;
    const startedAt = performance.now();
    const attemptFolder = await this.judge.workspace.store.startAttempt(fingerprint);
    const recordOf = (input: string): RunRecord => this.records.get(input)!;
    const request = await this.#requests.of(instance, stale, recordOf, resources, attemptFolder);
    this.emit({ event: "instanceStarted", instance: id, fingerprint, verdicts });
    const outcome = await this.options.executor.run(request, {
      progress: (progress) => this.emit({ event: "instanceProgress", instance: id, progress }),
      place: (place) => this.emit({ event: "instancePlaced", instance: id, place }),
    }, this.options.signal);
    const seconds = (performance.now() - startedAt) / 1000;
    const record = outcome.kind === "done"
      ? await this.#published(instance, fingerprint, "size")
      : undefined;
    if (record) {
      this.ran.push(fingerprint);
      // Without the time in a queue.
      const ranMs = Date.parse(record.endedAt) - Date.parse(record.startedAt);
      this.emit({ event: "instanceDone", instance: id, fingerprint, seconds: ranMs / 1000 });
      return record;
    }
    const failure: Failure = outcome.kind === "failed"
      ? outcome
      : { kind: "failed", class: "lost", message: "its record is not in the store" };
    const where = failure.attemptFolder ?? attemptFolder;
    return { kind: "failedAttempt", failure, attemptFolder: where, seconds };
  }

  #failed(
    instance: string,
    fingerprint: string,
    failure: Failure,
    attemptFolder: string,
    seconds: number,
  ): undefined {
    this.#counts.failed++;
    this.emit({
      event: "instanceFailed",
      instance,
      fingerprint,
      class: failure.class,
      message: failure.message,
      seconds,
      attemptFolder,
      log: readTail(logOf(attemptFolder)),
    });
    this.#skipFollowers(instance, instance);
    if (!this.options.keepGoing) this.#budget.close();
  }

  #skipFollowers(id: string, because: string): void {
    for (const { id: follower } of this.#followers.get(id) ?? []) {
      if (this.#skipped.has(follower)) continue;
      this.#skipped.add(follower);
      this.emit({ event: "instanceSkipped", instance: follower, because });
      this.#skipFollowers(follower, because);
    }
  }
}

/** The last lines of a log that may not exist. */
function readTail(path: string): string[] {
  try {
    return showControls(Deno.readTextFileSync(path)).trimEnd().split("\n").slice(-shownLogLines);
  } catch {
    return [];
  }
}
