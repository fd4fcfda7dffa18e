/**
 * Decides what runs when: every instance once its inputs are there, in parallel, each once.
 *
 * @module
 */
import { canonicalJson } from "../core/canonical_json.ts";
import type { Claims, ClaimTimes } from "../store/claims.ts";
import { Cores } from "./cores.ts";
import type { EventSink, RunSummary } from "./events.ts";
import type { Freshness, Judge } from "./freshness.ts";
import type { Instance } from "../plan/plan.ts";
import { readProvenance } from "./provenance.ts";
import type { Provenance, RunRecord } from "../store/record.ts";
import type { Selection } from "../plan/targets.ts";
import type { Verdict } from "./verdict.ts";
import type { Executor, WorkRequest } from "./work.ts";

/** How a plan is run. */
export interface RunOptions {
  readonly selection: Selection;
  /** Cores that instances may use together. */
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

type Stale = Extract<Freshness, { kind: "stale" }>;

/** How often an instance that another process runs is looked at, in ms. */
const pollMs = 100;
const shownLogLines = 20;

/** Starts every instance when its inputs are there, and follows what becomes of it. */
export class Scheduler {
  /** Of the instances that are fresh by now. */
  readonly records = new Map<string, RunRecord>();
  readonly #followers = new Map<string, Instance[]>();
  readonly #openInputs = new Map<string, number>();
  readonly #places = new Map<string, number>();
  readonly #skipped = new Set<string>();
  readonly #cores: Cores;
  readonly #end = Promise.withResolvers<void>();
  readonly #counts = { ran: 0, fresh: 0, failed: 0 };
  #active = 0;
  #provenance: Promise<Provenance> | undefined;

  constructor(
    readonly judge: Judge,
    readonly options: RunOptions,
    readonly claims: Claims,
    readonly emit: EventSink,
  ) {
    this.#cores = new Cores(options.jobs);
  }

  async run(): Promise<Omit<RunSummary, "seconds" | "interrupted">> {
    const { selection, signal } = this.options;
    const instances = this.judge.plan.instances.filter(({ id }) => selection.needed.has(id));
    for (const [place, instance] of instances.entries()) {
      const inputs = new Set(Object.values(instance.inputs).flat());
      this.#places.set(instance.id, place);
      this.#openInputs.set(instance.id, inputs.size);
      for (const input of inputs) {
        const followers = this.#followers.get(input);
        if (followers) followers.push(instance);
        else this.#followers.set(input, [instance]);
      }
    }
    const stop = (): void => this.#cores.close();
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    try {
      const roots = instances.filter(({ id }) => this.#openInputs.get(id) === 0);
      for (const instance of roots) this.#follow(instance);
      await this.#end.promise;
    } finally {
      signal.removeEventListener("abort", stop);
    }
    const { ran, fresh, failed } = this.#counts;
    return { ran, fresh, failed, skipped: instances.length - ran - fresh - failed };
  }

  /** Brings an instance up to date, then those that waited for it. */
  #follow(instance: Instance): void {
    this.#active++;
    this.#bring(instance).then(
      (record) => {
        if (!record) return;
        this.records.set(instance.id, record);
        this.judge.history.note(instance.id, record.fingerprint);
        for (const follower of this.#followers.get(instance.id) ?? []) {
          const open = this.#openInputs.get(follower.id)! - 1;
          this.#openInputs.set(follower.id, open);
          if (open === 0) this.#follow(follower);
        }
      },
    ).catch((error) => {
      this.#cores.close();
      this.#end.reject(error);
    }).finally(() => {
      if (--this.#active === 0) this.#end.resolve();
    });
  }

  /** The record of an instance, found or made; undefined when it failed or was not started. */
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
    for (;;) {
      const giveBack = await this.#cores.take(instance.resources.cores, this.#places.get(id)!);
      if (!giveBack) return undefined;
      try {
        if (await this.claims.tryClaim(fingerprint)) {
          try {
            const shared = forced ? undefined : await this.#published(instance, fingerprint);
            if (shared) return this.#found(id, shared, true);
            return await this.#attempt(instance, stale, [...forcing, ...stale.verdicts]);
          } finally {
            await this.claims.release(fingerprint);
          }
        }
      } finally {
        giveBack();
      }
      await new Promise((resolve) => setTimeout(resolve, pollMs));
      const shared = forced ? undefined : await this.#published(instance, fingerprint);
      if (shared) return this.#found(id, shared, true);
    }
  }

  async #published(instance: Instance, fingerprint: string): Promise<RunRecord | undefined> {
    const found = await this.judge.find(instance, fingerprint);
    return found.kind === "found" ? found.record : undefined;
  }

  #found(instance: string, record: RunRecord, shared: boolean): RunRecord {
    this.#counts.fresh++;
    const { fingerprint } = record;
    this.emit({ event: "instanceFresh", instance, fingerprint, shared });
    return record;
  }

  async #attempt(
    instance: Instance,
    stale: Stale,
    verdicts: readonly Verdict[],
  ): Promise<RunRecord | undefined> {
    const { store } = this.judge.workspace;
    const { fingerprint } = stale;
    const startedAt = performance.now();
    const attemptFolder = await store.startAttempt(fingerprint);
    const request = await this.#request(instance, stale, attemptFolder);
    this.emit({ event: "instanceStarted", instance: instance.id, fingerprint, verdicts });
    const outcome = await this.options.executor.run(
      request,
      (progress) => this.emit({ event: "instanceProgress", instance: instance.id, progress }),
      this.options.signal,
    );
    const seconds = (performance.now() - startedAt) / 1000;
    const record = outcome.kind === "done"
      ? await this.#published(instance, fingerprint)
      : undefined;
    if (record) {
      this.#counts.ran++;
      this.emit({ event: "instanceDone", instance: instance.id, fingerprint, seconds });
      return record;
    }
    const failure = outcome.kind === "failed"
      ? outcome
      : { class: "lost" as const, message: "its record is not in the store" };
    if (failure.class === "cancelled") return undefined;
    this.#counts.failed++;
    this.emit({
      event: "instanceFailed",
      instance: instance.id,
      fingerprint,
      class: failure.class,
      message: failure.message,
      seconds,
      attemptFolder,
      log: readTail(`${attemptFolder}/log.txt`),
    });
    this.#skipFollowers(instance.id, instance.id);
    if (!this.options.keepGoing) this.#cores.close();
    return undefined;
  }

  async #request(
    instance: Instance,
    { fingerprint, components }: Stale,
    attemptFolder: string,
  ): Promise<WorkRequest> {
    const { plan, workspace, context } = this.judge;
    const { store, projectFolder, device } = workspace;
    const kind = plan.kinds.get(instance.kind)!;
    const inputs = Object.entries(instance.inputs).map(([name, ids]) => [
      name,
      ids.map((id) => {
        const { outputs } = this.records.get(id)!;
        const paths = kind.inputs[name].files.map((file) => [
          file,
          store.objectPath(outputs[file].digest),
        ]);
        return { instance: id, files: Object.fromEntries(paths) };
      }),
    ]);
    this.#provenance ??= readProvenance(projectFolder, context.onnxruntime);
    return {
      format: 1,
      instance: instance.id,
      kind: instance.kind,
      fingerprint,
      components,
      params: instance.params,
      inputs: Object.fromEntries(inputs),
      resources: instance.resources,
      device,
      storeFolder: store.folder,
      attemptFolder,
      codeFiles: await store.putText(canonicalJson(this.judge.codeOf(instance).files)),
      provenance: await this.#provenance,
    };
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
    return Deno.readTextFileSync(path).trimEnd().split("\n").slice(-shownLogLines);
  } catch {
    return [];
  }
}
