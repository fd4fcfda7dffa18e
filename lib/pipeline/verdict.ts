/**
 * Says by name why an instance is not fresh, with old and new values.
 *
 * @module
 */
import { canonicalJson, type Json } from "../core/canonical_json.ts";
import type { Components } from "../store/fingerprint.ts";

/** Every reason to run an instance. */
export type VerdictName =
  | "neverRan"
  | "codeChanged"
  | "paramChanged"
  | "inputChanged"
  | "runtimeChanged"
  | "readsChanged"
  | "outputMissing"
  | "outputCorrupt"
  | "forced";

/** One reason: what it is about, and its old and new value where there are such. */
export interface Verdict {
  readonly name: VerdictName;
  /** Such as `params.epochs` or `lib/metrics/spans.ts`. */
  readonly about?: string;
  readonly before?: Json;
  readonly after?: Json;
}

/** What differs between two sets of components; empty when they are equal. */
export function compareComponents(
  before: Components,
  after: Components,
  files: { readonly before: Json; readonly after: Json },
): Verdict[] {
  const verdicts: Verdict[] = [];
  if (before.kind !== after.kind) {
    verdicts.push({ name: "codeChanged", about: "use", before: before.kind, after: after.kind });
  } else if (before.code !== after.code) {
    // Another device brings files of its own; that it is another is told below.
    const isMoved = before.runtime?.device !== after.runtime?.device;
    const changed = differences("codeChanged", "", files.before, files.after)
      .filter((each) => !isMoved || each.before !== undefined && each.after !== undefined);
    verdicts.push(...changed.map(({ name, about }) => ({ name, about })));
    if (changed.length === 0 && !isMoved) verdicts.push({ name: "codeChanged" });
  }
  const packages = (list: readonly string[]): Json =>
    Object.fromEntries(list.map((each) => {
      const at = each.indexOf("@", 1);
      return at < 0 ? [each, ""] : [each.slice(0, at), each.slice(at + 1)];
    }));
  const pairs: [VerdictName, string, Json, Json][] = [
    ["codeChanged", "package", packages(before.packages), packages(after.packages)],
    ["paramChanged", "params", before.params, after.params],
    ["inputChanged", "inputs", before.inputs, after.inputs],
    ["readsChanged", "reads", before.reads, after.reads],
    ["runtimeChanged", "runtime", before.runtime as Json, after.runtime as Json],
  ];
  return [...verdicts, ...pairs.flatMap(([name, ...rest]) => differences(name, ...rest))];
}

/** The leaves that differ, each with its dotted path. */
function differences(
  name: VerdictName,
  about: string,
  before: Json | undefined,
  after: Json | undefined,
): Verdict[] {
  if (before === after) return [];
  if (!isTree(before) || !isTree(after)) return [{ name, about, before, after }];
  if (canonicalJson(before) === canonicalJson(after)) return [];
  const at = (tree: Record<string, Json>, key: string) =>
    Object.hasOwn(tree, key) ? tree[key] : undefined;
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
    differences(name, about === "" ? key : `${about}.${key}`, at(before, key), at(after, key))
  );
}

function isTree(value: Json | undefined): value is Record<string, Json> {
  return value !== null && typeof value === "object";
}
