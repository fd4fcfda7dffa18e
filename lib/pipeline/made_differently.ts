/**
 * What differs in how two sets of results were made: params, code, data and runtime.
 *
 * @module
 */
import type { Json } from "../core/canonical_json.ts";
import { stageOf } from "../plan/targets.ts";
import { entryOf, type LockEntry } from "../store/lock.ts";
import type { FileDigests } from "../store/fingerprint.ts";
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
 * Instances of one name are held against each other, others of a stage in their order. Of inputs it
 * is told where an instance takes others; that those are made differently is told of them.
 */
export async function madeDifferently(
  a: MadeResults,
  b: MadeResults,
  store: Store,
): Promise<MadeDifference[]> {
  const found = new Map<string, MadeDifference>();
  const pairs = matched(a, b);
  const partners = new Map(pairs.map(({ before, after }) => [before, after]));
  const [ownersA, ownersB] = [ownersOf(a), ownersOf(b)];
  for (const { before, after } of pairs) {
    const [old, now] = [a.get(before)!, b.get(after)!];
    const differences = [
      ...await differencesOf(old, now, store),
      ...otherInputs(inputsOf(old, ownersA), inputsOf(now, ownersB), partners),
    ];
    for (const difference of differences) {
      const each = { ...difference, stage: stageOf(after) };
      const { name, about, before: old, after: now } = each.verdict;
      found.set(JSON.stringify([each.stage, name, about, old, now]), each);
    }
  }
  return [...otherStages(a, b, pairs), ...found.values()].sort((x, y) =>
    aspects.indexOf(x.aspect) - aspects.indexOf(y.aspect)
  );
}

/** Pairs of instances: of one name, else of one stage, else of one kind, in their order. */
function matched(a: MadeResults, b: MadeResults): { before: string; after: string }[] {
  const pairs: { before: string; after: string }[] = [];
  const left = { a: new Set(a.keys()), b: new Set(b.keys()) };
  const sameness = [
    (id: string) => id,
    stageOf,
    (id: string, { record }: Made) => record?.components.kind ?? stageOf(id),
  ];
  for (const nameOf of sameness) {
    const groups = Map.groupBy(left.a, (id) => nameOf(id, a.get(id)!));
    const places = new Map<string, number>();
    for (const id of [...left.b]) {
      const name = nameOf(id, b.get(id)!), own = groups.get(name);
      if (own === undefined) continue;
      const place = places.get(name) ?? 0;
      places.set(name, place + 1);
      pairs.push({ before: own[Math.min(place, own.length - 1)], after: id });
      left.b.delete(id);
    }
    for (const name of places.keys()) groups.get(name)!.forEach((id) => left.a.delete(id));
  }
  return pairs;
}

/** Stages of one side whose like the other does not have. */
function otherStages(
  a: MadeResults,
  b: MadeResults,
  pairs: readonly { readonly before: string; readonly after: string }[],
): MadeDifference[] {
  const [known, knownThere] = [pairs.map(({ before }) => before), pairs.map(({ after }) => after)]
    .map((ids) => new Set(ids.map(stageOf)));
  const stagesOf = (results: MadeResults, matched: ReadonlySet<string>): string =>
    [...new Set([...results.keys()].map(stageOf))].filter((stage) => !matched.has(stage))
      .join(", ");
  const [before, after] = [stagesOf(a, known), stagesOf(b, knownThere)];
  if (before === after) return [];
  return [{
    ...aspectOf({
      name: "codeChanged",
      about: "stages",
      before: before || "none",
      after: after || "none",
    }),
    stage: "pipeline",
  }];
}

/** Which instance wrote a content. */
function ownersOf(results: MadeResults): Map<string, string> {
  return new Map(
    [...results].flatMap(([id, { entry }]) =>
      Object.values(entry.outputs).map(({ digest }): [string, string] => [digest, id])
    ),
  );
}

/** The instances that each input takes; a content that none here wrote by its digest. */
function inputsOf(
  { record }: Made,
  owners: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Object.entries(record?.components.inputs ?? {}).map(([name, contents]) => [
      name,
      contents.map((content) => {
        const files = typeof content.files === "object" ? content.files : content as FileDigests;
        const digests = Object.values(files);
        return digests.map((each) => owners.get(each)).find((owner) => owner !== undefined) ??
          String(digests[0]).slice(0, 12);
      }),
    ]),
  );
}

/** Inputs that are not each other's partners. */
function otherInputs(
  before: ReadonlyMap<string, readonly string[]>,
  after: ReadonlyMap<string, readonly string[]>,
  partners: ReadonlyMap<string, string>,
): Unstaged[] {
  return [...after].flatMap(([name, now]) => {
    const old = before.get(name) ?? [];
    const expected = old.map((id) => partners.get(id) ?? id);
    if (expected.length === now.length && expected.every((id, i) => id === now[i])) return [];
    return [aspectOf({
      name: "inputChanged",
      about: `inputs.${name}`,
      before: namesOf(old),
      after: namesOf(now),
    })];
  });
}

function namesOf(ids: readonly string[]): string {
  const shown = ids.slice(0, 3).join(", ");
  return ids.length > 3 ? `${shown} and ${ids.length - 3} more` : shown || "none";
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
  if (!before.record || !after.record) return lockedDifferences(before.entry, after.entry);
  const verdicts = compareComponents(before.record.components, after.record.components, {
    before: await filesOf(before.record, store),
    after: await filesOf(after.record, store),
  });
  return [
    ...verdicts.filter(({ name }) => name !== "inputChanged"),
    ...otherSources(before.entry, after.entry),
  ].map(aspectOf);
}

/** Files from elsewhere that have changed since. */
function otherSources(before: LockEntry, after: LockEntry): Verdict[] {
  return Object.entries(after.sources ?? {}).flatMap(([url, digest]) => {
    const old = before.sources?.[url];
    return old === undefined || old === digest
      ? []
      : [{ name: "inputChanged", about: url, before: old, after: digest }];
  });
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
