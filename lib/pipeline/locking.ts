/**
 * Keeps the lock of a pipeline up to date, and compares it with what is here.
 *
 * @module
 */
import { type Problem, UserError } from "../core/errors.ts";
import { writeAtomically } from "../core/durable_files.ts";
import { sha256 } from "../core/sha256.ts";
import { readTextIfThere } from "../store/listing.ts";
import {
  formatLock,
  type LockEntry,
  lockFileOf,
  type LockSection,
  madeOf,
  parseLock,
  readLock,
  updateSection,
} from "../store/lock.ts";
import { keepRoot, lastLocked } from "../store/roots.ts";
import type { RunRecord } from "../store/record.ts";
import type { Study } from "../plan/plan.ts";
import type { Selection } from "../plan/targets.ts";
import type { Freshness, Judge } from "./freshness.ts";

/**
 * Where the results of a study are locked, absolute. The lock is of what the file says: what `--set`
 * tries has none.
 */
export function lockFileFor({ file, isAsWritten }: Study): string | undefined {
  return isAsWritten ? lockFileOf(file) : undefined;
}

/**
 * Locks the results of a study whose run succeeded. A run of the whole pipeline writes the profile's
 * section anew; one of a part updates its own instances in a section that is there.
 *
 * @returns warnings of sources that are others than the lock had
 */
export function lockResults(
  { plan, workspace: { store } }: Judge,
  study: Study,
  states: ReadonlyMap<string, Freshness>,
  { needed }: Selection,
): Problem[] {
  const lockFile = lockFileFor(study);
  if (lockFile === undefined) return [];
  const { profile } = study;
  const instances = plan.instances.filter((instance) => instance.study === study);
  const records = new Map<string, RunRecord>();
  for (const { id, name } of instances) {
    const state = needed.has(id) ? states.get(id) : undefined;
    if (state?.kind === "fresh") records.set(name, state.record);
  }
  const text = readTextIfThere(lockFile);
  const locked = lastLocked(store.folder, lockFile);
  if (text && locked[profile] === digestOf(text, records)) return []; // nothing changed
  const lock = text === undefined ? {} : parseLock(text, lockFile);
  const before = Object.hasOwn(lock, profile) ? lock[profile] : undefined;
  const whole = instances.every(({ id }) => needed.has(id));
  if (!whole && !before) return [];
  const after = { ...lock, [profile]: updateSection(before ?? {}, records, whole) };
  const written = formatLock(after);
  if (written !== text) writeAtomically(lockFile, written);
  keepRoot(store.folder, lockFile, after, { [profile]: digestOf(written, records) });
  const changed = [...records].flatMap(([name, record]) =>
    before && Object.hasOwn(before, name) ? changedSources(before[name], record) : []
  );
  return [...new Set(changed)].map((message) => ({
    severity: "warning",
    message,
    hint:
      "the lock has it as it is now: give its SHA-256 in data/sources.yaml if it must not change",
  }));
}

/**
 * Makes sure, before hours of work, that what comes at their end can be done.
 *
 * @param compares whether results are to be compared with the lock
 * @throws {UserError} when the lock cannot be read, or is needed and not there
 */
export function checkLocks({ plan }: Judge, compares: boolean): void {
  for (const study of plan.studies) {
    const lockFile = lockFileFor(study);
    if (compares) lockedSection(study);
    else if (lockFile !== undefined) readLock(lockFile);
  }
}

/** A digest of a lock's text and of results: both are the same when it is. */
function digestOf(text: string, records: ReadonlyMap<string, RunRecord>): string {
  const lines = [...records].map(([id, { fingerprint, outputs }]) =>
    `${id} ${fingerprint} ${Object.values(outputs).map(({ digest }) => digest).join(" ")}\n`
  );
  return sha256(text + lines.join(""));
}

/** How a result here differs from the lock. */
export interface LockDifference {
  readonly instance: string;
  /** The output, where one is other or not whole. */
  readonly output?: string;
  /** `notLocked`: only here; `notPlanned`: only in the lock; `notHere`: not fresh here. */
  readonly kind: "notLocked" | "notPlanned" | "notHere" | "otherBytes";
  /** What explains it. */
  readonly why: string;
}

/**
 * Compares the results that are here, whose bytes are all read, with the locks of their files.
 *
 * @throws {UserError} when a file has no lock for its profile
 */
export async function compareWithLocks(judge: Judge): Promise<LockDifference[]> {
  const { studies, instances } = judge.plan;
  const sections = new Map(studies.map((study) => [study, lockedSection(study)]));
  const states = await judge.assess(undefined, undefined, { check: "content" });
  const found: LockDifference[] = [];
  for (const { id, name, study } of instances) {
    const section = sections.get(study)!;
    if (!Object.hasOwn(section, name)) {
      found.push({ instance: id, kind: "notLocked", why: "the lock does not name it" });
    } else found.push(...differences(id, states.get(id)!, section[name]));
  }
  for (const [study, section] of sections) {
    const own = instances.filter((instance) => instance.study === study);
    const planned = new Set(own.map(({ name }) => name));
    const before = studies.length > 1 ? `${study.pipeline}:` : "";
    for (const name of Object.keys(section)) {
      if (planned.has(name)) continue;
      const instance = before + name;
      found.push({ instance, kind: "notPlanned", why: "the pipeline does not have it" });
    }
  }
  return found;
}

function lockedSection(study: Study): LockSection {
  const { profile } = study;
  const lockFile = lockFileFor(study);
  if (lockFile === undefined) {
    throw new UserError({
      message: "Cannot compare params of --set with a lock",
      hint: "the lock holds the profiles of the pipeline file: leave --set out",
    });
  }
  const lock = readLock(lockFile) ?? {};
  if (Object.hasOwn(lock, profile)) return lock[profile];
  throw new UserError({
    message: `Cannot compare with ${lockFile}: profile "${profile}" is not in it`,
    hint: "run the whole pipeline first: deno task pipeline",
  });
}

function differences(instance: string, state: Freshness, entry: LockEntry): LockDifference[] {
  if (state.kind === "waiting") {
    return [{ instance, kind: "notHere", why: `waits on ${state.on[0]}` }];
  }
  if (state.kind === "stale") {
    const broken = state.verdicts.find(({ name }) => name.startsWith("output"));
    if (broken) {
      const why = broken.name === "outputCorrupt"
        ? "its bytes are not what they were (verify --heal)"
        : "it is gone";
      return [{ instance, kind: "notHere", output: broken.about, why }];
    }
    const changed = changedParts(entry, madeOf(state.components), state.components.runtime);
    return [{ instance, kind: "notHere", why: changed || "it has not run here" }];
  }
  const { outputs, components, provenance } = state.record;
  const parts = changedParts(entry, madeOf(components), components.runtime);
  const cpu = provenance.versions.cpu;
  const why = parts || changedSources(entry, state.record).join("; ") ||
    (entry.runtime && cpu !== entry.runtime.cpu
      ? `made of the same, on ${entry.runtime.cpu} by the lock and on ${cpu} here`
      : "made of the same: the stage does not give the same bytes every time");
  const names = new Set([...Object.keys(entry.outputs), ...Object.keys(outputs)]);
  return [...names]
    .filter((name) => entry.outputs[name]?.digest !== outputs[name]?.digest)
    .map((output) => ({ instance, output, kind: "otherBytes", why }));
}

/** Which files have changed where they come from, in words. */
function changedSources({ sources = {} }: LockEntry, record: RunRecord): string[] {
  const here = record.sources ?? {};
  const changed = Object.keys(sources).filter((url) =>
    Object.hasOwn(here, url) && here[url] !== sources[url]
  );
  return changed.map((url) =>
    `${url} has changed: SHA-256 ${sources[url].slice(0, 16)}… by the lock, ${
      here[url].slice(0, 16)
    }… here`
  );
}

/** Which components are not as the lock has them, in words; empty when all are. */
function changedParts(
  { madeOf: before, runtime: computed }: LockEntry,
  after: LockEntry["madeOf"],
  runtime: RunRecord["components"]["runtime"],
): string {
  const parts = Object.keys(before) as (keyof LockEntry["madeOf"])[];
  const changed: string[] = parts.filter((part) => before[part] !== after[part]);
  for (const key of ["onnxruntime", "device", "cores"] as const) {
    if (computed?.[key] === runtime?.[key]) continue;
    changed.push(`${key} (${computed?.[key]} → ${runtime?.[key]})`);
  }
  return changed.length > 0 ? `other ${changed.join(", ")}` : "";
}
