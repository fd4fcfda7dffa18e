/**
 * What differs in how two sets of results were made: params, code, data and runtime.
 *
 * @module
 */
import type { Json } from "../core/canonical_json.ts";
import { entryOf, type LockEntry } from "../store/lock.ts";
import type { RunRecord } from "../store/record.ts";
import type { Store } from "../store/store.ts";
import { compareComponents, type Verdict } from "./verdict.ts";

/** How a result was made: what a lock says of it, and its record where the store has that. */
export interface Made {
  readonly entry: LockEntry;
  readonly record?: RunRecord;
}

/** Results by the names of their instances. */
export type MadeResults = ReadonlyMap<string, Made>;

/** The kinds of differences, in their order. */
export const aspects = ["params", "code", "data", "runtime"] as const;

/** A difference of one aspect. */
export interface MadeDifference {
  readonly aspect: typeof aspects[number];
  /** The stage whose instances differ. */
  readonly stage: string;
  readonly verdict: Verdict;
}

/** How a result was made, by its record. */
export function madeBy(record: RunRecord): Made {
  return { entry: entryOf(record), record };
}

/**
 * Names what differs between two sets of results, each difference once for all instances of a stage.
 * Instances of one name are held against each other, others of a stage in their order. That inputs
 * differ is told where they come from: at what has none itself.
 */
export async function madeDifferently(
  a: MadeResults,
  b: MadeResults,
  store: Store,
): Promise<MadeDifference[]> {
  const found = new Map<string, MadeDifference>();
  for (const [stage, before, after] of matched(a, b)) {
    for (const difference of await differencesOf(before, after, store)) {
      const each = { ...difference, stage };
      const { name, about, before: old, after: now } = each.verdict;
      found.set(JSON.stringify([stage, name, about, old, now]), each);
    }
  }
  return [...found.values()].sort((x, y) => aspects.indexOf(x.aspect) - aspects.indexOf(y.aspect));
}

/** Pairs of results with the stage that they are of. */
function matched(a: MadeResults, b: MadeResults): [string, Made, Made][] {
  const pairs: [string, Made, Made][] = [];
  const left = new Map<string, Made[]>();
  for (const [id, made] of a) {
    const other = b.get(id);
    if (other) pairs.push([stageOf(id), made, other]);
    else left.set(stageOf(id), [...left.get(stageOf(id)) ?? [], made]);
  }
  const places = new Map<string, number>();
  for (const [id, made] of b) {
    const stage = stageOf(id), own = left.get(stage);
    if (a.has(id) || !own) continue;
    const place = places.get(stage) ?? 0;
    places.set(stage, place + 1);
    pairs.push([stage, own[Math.min(place, own.length - 1)], made]);
  }
  return pairs;
}

type Unstaged = Omit<MadeDifference, "stage">;

async function differencesOf(before: Made, after: Made, store: Store): Promise<Unstaged[]> {
  if (before.entry.fingerprint === after.entry.fingerprint) {
    return sameOutputs(before, after) ? [] : [{
      aspect: "runtime",
      verdict: {
        name: "runtimeChanged",
        about: "bytes, though made of the same",
        before: before.entry.runtime?.cpu ?? null,
        after: after.entry.runtime?.cpu ?? null,
      },
    }];
  }
  const verdicts = before.record && after.record
    ? compareComponents(before.record.components, after.record.components, {
      before: await filesOf(before.record, store),
      after: await filesOf(after.record, store),
    }).map(aspectOf)
    : lockedDifferences(before.entry, after.entry);
  return verdicts.filter(({ aspect }) => aspect !== "data" || isRoot(before) && isRoot(after));
}

function aspectOf(verdict: Verdict): Unstaged {
  const aspect = verdict.name === "paramChanged"
    ? "params"
    : verdict.name === "codeChanged"
    ? "code"
    : verdict.name === "runtimeChanged"
    ? "runtime"
    : "data";
  return { aspect, verdict };
}

/** Of results without records, a lock has digests: which parts differ, and no values. */
function lockedDifferences(before: LockEntry, after: LockEntry): Unstaged[] {
  const { madeOf: a } = before, { madeOf: b } = after;
  const differences: Unstaged[] = [];
  if (a.params !== b.params) differences.push(aspectOf({ name: "paramChanged", about: "params" }));
  if (a.code !== b.code) differences.push(aspectOf({ name: "codeChanged" }));
  if (a.packages !== b.packages) {
    differences.push(aspectOf({ name: "codeChanged", about: "package" }));
  }
  if (a.reads !== b.reads) differences.push(aspectOf({ name: "readsChanged", about: "reads" }));
  for (const key of ["onnxruntime", "device", "cores", "cpu"] as const) {
    const [old, now] = [before.runtime?.[key], after.runtime?.[key]];
    if (old === now) continue;
    differences.push(
      aspectOf({ name: "runtimeChanged", about: `runtime.${key}`, before: old, after: now }),
    );
  }
  return differences;
}

/** Whether a result has no inputs, as a corpus that is downloaded; of a lock nobody knows. */
function isRoot({ record }: Made): boolean {
  return record === undefined || Object.values(record.components.inputs).flat().length === 0;
}

function sameOutputs({ entry: a }: Made, { entry: b }: Made): boolean {
  return Object.entries(a.outputs).every(([name, { digest }]) =>
    b.outputs[name]?.digest === digest
  );
}

async function filesOf({ codeFiles }: RunRecord, store: Store): Promise<Json> {
  try {
    return JSON.parse(await store.readText(codeFiles) ?? "{}");
  } catch {
    return {}; // names of files explain, no more
  }
}

/** The stage of an instance. */
function stageOf(id: string): string {
  return id.replace(/\[.*/, "");
}
