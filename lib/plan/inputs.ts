/**
 * Finds the upstream instances that an instance takes.
 *
 * @module
 */
import { suggest } from "../core/suggest.ts";
import type { YamlPath } from "../core/yaml.ts";
import { type Axes, namesByAxes, type Scope } from "./references.ts";
import type { Selector, StageFile } from "./schema.ts";
import type { InputSpec, StageKind } from "./stage.ts";

/** An instance before its params and inputs are settled. */
export interface Row {
  readonly id: string;
  readonly axes: Axes;
}

/** One upstream stage of an input, with its filter and its place in the file. */
export interface Source {
  readonly stage: string;
  readonly where: Readonly<Record<string, Selector>>;
  readonly path: YamlPath;
}

type InputFile = NonNullable<StageFile["inputs"]>[string];

/** What a kind says of an input that the file names; a file can name anything. */
export function specOf(kind: StageKind | undefined, input: string): InputSpec | undefined {
  return kind && Object.hasOwn(kind.inputs, input) ? kind.inputs[input] : undefined;
}

/** The upstream stages that an input names. */
export function sourcesOf(input: InputFile, path: YamlPath): Source[] {
  if (Array.isArray(input)) {
    return input.flatMap((each, index) => sourcesOf(each, [...path, index]));
  }
  if (typeof input === "string") return [{ stage: input, where: {}, path }];
  return [{ stage: input.stage, where: input.where ?? {}, path }];
}

/**
 * Matches one source of an input: for every instance, the upstream instances whose shared axes are
 * equal and whose `where` holds, in plan order.
 */
export function matcher(
  source: Source,
  axesHere: readonly string[],
  upstream: readonly Row[],
  scope: Scope,
): (row: Row) => Row[] {
  const axesThere = Object.keys(upstream[0]?.axes ?? {});
  const filtered = axesThere.filter((axis) => Object.hasOwn(source.where, axis));
  const shared = axesThere.filter((axis) => axesHere.includes(axis) && !filtered.includes(axis));
  const keyAxes = [...shared, ...filtered];
  const placeOf = new Map(upstream.map((row, index) => [row, index]));
  const groups = Map.groupBy(
    upstream,
    (row) => keyAxes.map((axis) => String(row.axes[axis].name)).join(","),
  );
  for (const axis of shared) scope.usedAxes.add(axis);
  const selected = keyAxes.map((axis) =>
    shared.includes(axis)
      ? (axes: Axes) => [String(axes[axis].name)]
      : namesByAxes(source.where[axis], [...source.path, "where", axis], scope)
  );
  return ({ axes }) => {
    const allowed = selected.map((names) => [...names(axes)]);
    const keys = allowed.reduce<string[][]>(
      (partial, names) => partial.flatMap((left) => names.map((name) => [...left, name])),
      [[]],
    );
    return keys.flatMap((key) => groups.get(key.join(",")) ?? [])
      .sort((a, b) => placeOf.get(a)! - placeOf.get(b)!);
  };
}

/** Reports axes in `where` that the upstream stage does not have. */
export function checkWhere(source: Source, upstream: readonly Row[], scope: Scope): boolean {
  const axesThere = Object.keys(upstream[0]?.axes ?? {});
  const unknown = Object.keys(source.where).filter((axis) => !axesThere.includes(axis));
  for (const axis of unknown) {
    const hint = suggest(axis, axesThere) ?? `"${source.stage}" has no axes`;
    const message = `Cannot filter by axis "${axis}": stage "${source.stage}" does not have it`;
    scope.diagnostics.add([...source.path, "where", axis], message, { hint, part: "key" });
  }
  return unknown.length === 0;
}

/** Whether an input found as many as its kind takes; reported if not. */
export function checkCount(
  found: readonly Row[],
  row: Row,
  input: string,
  spec: InputSpec,
  sources: readonly { source: Source; upstream: readonly Row[] }[],
  path: YamlPath,
  scope: Scope,
): boolean {
  if (found.length === 1 || (found.length > 1 && spec.takes === "many")) return true;
  const { source, upstream } = sources[0];
  if (found.length === 0) {
    const axes = Object.keys(upstream[0]?.axes ?? {});
    const values = axes.map((axis) => {
      const names = new Set(upstream.map((each) => String(each.axes[axis].name)));
      return `${axis}: ${[...names].slice(0, 12).join(", ")}${names.size > 12 ? ", …" : ""}`;
    });
    scope.diagnostics.add(path, `Cannot find input "${input}" of ${row.id}`, {
      hint: `"${source.stage}" has ${values.join("; ")}`,
    });
    return false;
  }
  const names = found.slice(0, 4).map(({ id }) => id).join(", ");
  const more = found.length > 4 ? `, and ${found.length - 4} more` : "";
  const differing = Object.keys(found[0].axes).filter((axis) =>
    new Set(found.map(({ axes }) => Object.hasOwn(axes, axis) && String(axes[axis].name))).size > 1
  );
  const same = Object.keys(row.axes)[0] ??
    (differing.length > 0 ? String(found[0].axes[differing[0]].name) : "…");
  const filter = differing.map((axis) =>
    `${axis}: ${Object.keys(row.axes).length > 0 ? `$${same}` : same}`
  );
  scope.diagnostics.add(
    path,
    `Cannot choose input "${input}" of ${row.id}: it takes one instance, and ${found.length} match: ${names}${more}`,
    {
      hint: differing.length > 0
        ? `add a filter, such as {stage: ${source.stage}, where: {${filter.join(", ")}}}`
        : "name only one stage",
    },
  );
  return false;
}
