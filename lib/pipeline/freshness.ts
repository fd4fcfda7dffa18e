/**
 * Decides whether an instance is fresh, stale (and why), or waiting for what it needs.
 *
 * It is fresh where the store has a whole result of its fingerprint; no time decides anything. In
 * reading order: `lib/code` says what a stage's code is, `components.ts` gathers the components of
 * an instance, `lib/store/fingerprint.ts` makes a fingerprint of them, the {@linkcode Judge} here
 * asks the store for its record, and `verdict.ts` names what is different where there is none.
 *
 * @module
 */
import type { Json } from "../core/canonical_json.ts";
import { deriveCode, type StageCode } from "../code/code.ts";
import { areOf, type Components, fingerprintOf } from "../store/fingerprint.ts";
import { componentsOf, type FingerprintContext } from "./components.ts";
import { History } from "../store/history.ts";
import { lockedVersion, readLock } from "../code/deno_lock.ts";
import type { Instance, Plan, Study } from "../plan/plan.ts";
import { isDigest, type RunRecord } from "../store/record.ts";
import { type Device, modulesOf, type StageRegistry } from "../plan/stage.ts";
import type { Lookup, LookupOptions, Store } from "../store/store.ts";
import { compareComponents, type Verdict } from "./verdict.ts";

/** Where a pipeline runs. */
export interface Workspace {
  /** The folder of `deno.json` and `deno.lock`, absolute. */
  readonly projectFolder: string;
  readonly store: Store;
  /** The folder that holds `<pipeline>/<profile>/`, absolute. */
  readonly resultsFolder: string;
  readonly registry: StageRegistry;
  readonly device: Device;
}

/** The state of an instance. */
export type Freshness =
  | { readonly kind: "fresh"; readonly fingerprint: string; readonly record: RunRecord }
  | {
    readonly kind: "stale";
    readonly fingerprint: string;
    readonly components: Components;
    readonly verdicts: readonly Verdict[];
  }
  | { readonly kind: "waiting"; readonly on: readonly string[] };

/** Judges the instances of one plan. */
export class Judge {
  readonly #histories: ReadonlyMap<Study, History>;

  private constructor(
    readonly plan: Plan,
    readonly workspace: Workspace,
    readonly context: FingerprintContext,
  ) {
    this.#histories = new Map(
      plan.studies.map((study) => [
        study,
        new History(workspace.store, study.pipeline, study.profile),
      ]),
    );
  }

  /** Derives the code of the plan's stages, so that instances can be judged. */
  static async create(plan: Plan, workspace: Workspace): Promise<Judge> {
    const { registry, projectFolder, store, device } = workspace;
    const modules = Object.fromEntries(
      [...plan.kinds.keys()].map((kind) => [kind, modulesOf(registry[kind], device)]),
    );
    const code = await deriveCode(modules, projectFolder, store.folder);
    const onnxruntime = lockedVersion("onnxruntime-node", await readLock(projectFolder));
    const instances = new Map(plan.instances.map((each) => [each.id, each]));
    const readPaths = new Set<string>();
    return new Judge(plan, workspace, { code, onnxruntime, device, instances, readPaths });
  }

  /** The fingerprint by which an instance was last known. */
  lastOf({ study, name }: Instance): string | undefined {
    return this.#histories.get(study)!.last(name);
  }

  /** Notes the fingerprint of an instance for {@linkcode lastOf}. */
  note({ study, name }: Instance, fingerprint: string): void {
    this.#histories.get(study)!.note(name, fingerprint);
  }

  /** The code of an instance's kind. */
  codeOf(instance: Instance): StageCode {
    return this.context.code.get(instance.kind)!;
  }

  /**
   * Judges one instance, given the records of the instances it takes.
   *
   * @param lookup by default, what only a remote store has is fetched
   */
  async judge(
    instance: Instance,
    recordOf: (id: string) => RunRecord | undefined,
    lookup: LookupOptions = { reach: "bring" },
  ): Promise<Freshness> {
    const needed = Object.values(instance.inputs).flat();
    const on = [...new Set(needed)].filter((id) => recordOf(id) === undefined);
    if (on.length > 0) return { kind: "waiting", on };
    const kind = this.plan.kinds.get(instance.kind)!;
    const components = await componentsOf(instance, kind, (id) => recordOf(id)!, this.context);
    const fingerprint = fingerprintOf(components);
    const found = await this.find(instance, fingerprint, lookup);
    if (found.kind === "found") return { kind: "fresh", fingerprint, record: found.record };
    const verdicts = found.kind === "damaged"
      ? [{ name: found.verdict, about: found.output }]
      : await this.#compare(instance, components);
    return { kind: "stale", fingerprint, components, verdicts };
  }

  /** What the store says about an instance, given its fingerprint. */
  async find(instance: Instance, fingerprint: string, lookup: LookupOptions): Promise<Lookup> {
    const { outputs } = this.plan.kinds.get(instance.kind)!;
    return await this.workspace.store.find(fingerprint, Object.keys(outputs), lookup);
  }

  /**
   * Judges instances in plan order without running anything.
   *
   * @param ids which ones, with all that they need; every one when left out
   * @param known records of instances that are known to be fresh
   * @param lookup by default, remote records count, and nothing else is fetched
   */
  async assess(
    ids?: ReadonlySet<string>,
    known: ReadonlyMap<string, RunRecord> = new Map(),
    lookup: LookupOptions = { reach: "look" },
  ): Promise<Map<string, Freshness>> {
    const result = new Map<string, Freshness>();
    const recordOf = (id: string): RunRecord | undefined => {
      const state = result.get(id);
      return state?.kind === "fresh" ? state.record : undefined;
    };
    for (const instance of this.plan.instances) {
      if (ids && !ids.has(instance.id)) continue;
      const record = known.get(instance.id);
      result.set(
        instance.id,
        record
          ? { kind: "fresh", fingerprint: record.fingerprint, record }
          : await this.judge(instance, recordOf, lookup),
      );
    }
    await this.workspace.store.saveStamps();
    return result;
  }

  async #compare(instance: Instance, components: Components): Promise<Verdict[]> {
    const { store } = this.workspace;
    const last = this.lastOf(instance);
    const before = isDigest(last) ? store.readRecord(last) : undefined;
    if (!before || !areOf(before.components, before.fingerprint)) {
      // Collected, set aside or removed: what it was made of is known only if it is the same now.
      const same = last === fingerprintOf(components);
      return [same ? { name: "outputMissing", about: "its record" } : { name: "neverRan" }];
    }
    const verdicts = compareComponents(before.components, components, {
      before: parseFiles(await store.readText(before.codeFiles)),
      after: this.codeOf(instance).files,
    });
    return verdicts.length > 0 ? verdicts : [{ name: "outputMissing", about: "its record" }];
  }
}

function parseFiles(text: string | undefined): Json {
  try {
    return JSON.parse(text ?? "{}");
  } catch {
    return {}; // for explanations only: damage costs the names of the files
  }
}
