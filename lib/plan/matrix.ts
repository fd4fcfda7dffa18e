/**
 * Expands a stage's matrix into the axes of its instances.
 *
 * @module
 */
import type { Json } from "../core/canonical_json.ts";
import { suggest } from "../core/suggest.ts";
import type { YamlPath } from "../core/yaml.ts";
import {
  type Axes,
  type AxisName,
  type AxisValue,
  lookUp,
  namesByAxes,
  referenceIn,
  type Scope,
  selectedNames,
} from "./references.ts";
import type { AxisFile, Condition, Selector, StageFile } from "./schema.ts";

/** Keys of a matrix that are not axes. */
const reserved = ["include", "exclude", "when", "zip"];
/** How many instances a pipeline may have, and a matrix before its exclude and when. */
export const maxInstances = 200_000;

/**
 * The axes of every instance of a stage, the last axis fastest. No matrix gives one instance
 * without axes.
 *
 * @param path where the matrix stands in the file
 */
export function expandMatrix(
  matrix: StageFile["matrix"],
  path: YamlPath,
  scope: Scope,
): Axes[] {
  if (!matrix) return [{}];
  const { diagnostics } = scope;
  const declared = Object.keys(matrix).filter((key) => !reserved.includes(key));
  const axes = declared.map((axis) => ({
    axis,
    values: axisValues(axis, matrix[axis] as AxisFile, [...path, axis], scope),
  }));
  if (axes.some(({ values }) => values.length === 0)) return [];
  const groups = zipped(axes, matrix.zip ?? [], path, scope);
  let size = groups.reduce((product, group) => product * group.length, 1);
  const isTooLarge = (): boolean => {
    if (size <= maxInstances) return false;
    diagnostics.add(path, `Cannot expand this matrix to ${size} instances`, {
      hint: `at most ${maxInstances} are possible: take values or axes out, or zip some`,
      part: "key",
    });
    return true;
  };
  if (isTooLarge()) return [];
  const order = (instance: Axes): Axes =>
    Object.fromEntries(names.map((axis) => [axis, instance[axis]]));
  const names = declared.length > 0 ? declared : Object.keys(matrix.include?.[0] ?? {});
  let instances = declared.length > 0 ? product(groups).map(order) : [];

  if (matrix.exclude) {
    const left = new Set(instances);
    const candidates = indexed(instances);
    matrix.exclude.forEach((entry, index) => {
      const at = [...path, "exclude", index];
      if (!knownAxes(entry, names, at, scope)) return;
      const found = candidates(entry).filter(matcher(entry, at, scope));
      for (const axes of found) left.delete(axes);
      if (found.length > 0) return;
      diagnostics.add(at, "This exclude matches no instance", { severity: "warning" });
    });
    instances = instances.filter((axes) => left.has(axes));
  }
  const when = matrix.when ?? {};
  if (knownAxes(when, names, [...path, "when"], scope)) {
    instances = instances.filter(matcher(when, [...path, "when"], scope));
  }
  const present = new Set(matrix.include ? instances.map(axesName) : []);
  size = instances.length;
  for (const [index, entry] of (matrix.include ?? []).entries()) {
    const at = [...path, "include", index];
    const missing = names.filter((axis) => !Object.hasOwn(entry, axis));
    for (const axis of missing) {
      diagnostics.add(at, `Cannot include an instance without axis "${axis}"`, {
        hint: `each entry of include names every axis: ${names.join(", ")}`,
      });
    }
    if (!knownAxes(entry, names, at, scope) || missing.length > 0) continue;
    const lists = names.map((axis) =>
      axisValues(axis, entry[axis], [...at, axis], scope).map((value) => ({ [axis]: value }))
    );
    size += lists.reduce((product, list) => product * list.length, 1);
    if (isTooLarge()) return [];
    for (const added of product(lists)) {
      const name = axesName(added);
      if (present.has(name)) {
        diagnostics.add(at, `Cannot include [${name}] twice`, { hint: "it is there already" });
      } else {
        present.add(name);
        instances.push(added);
      }
    }
  }
  if (instances.length === 0 && !diagnostics.failed) {
    diagnostics.add(path, "Cannot expand this matrix: no instance is left", {
      hint: "its exclude and when leave all out",
      part: "key",
    });
  }
  return instances;
}

/** The axes as they stand in an instance's name: `source=deu,seed=42`. */
export function axesName(axes: Axes): string {
  return Object.entries(axes).map(([axis, { name }]) => `${axis}=${name}`).join(",");
}

function axisValues(axis: string, given: Json, path: YamlPath, scope: Scope): AxisValue[] {
  const values: AxisValue[] = [];
  const names = new Set<string>();
  const { diagnostics } = scope;
  const push = (name: AxisName, selects: readonly string[], at: YamlPath): void => {
    if (!/^[^\s,=[\]\p{C}]{1,100}$/u.test(String(name))) {
      diagnostics.add(at, `Cannot use "${name}" as a value of axis "${axis}"`, {
        hint: "names have no spaces and none of , = [ ]",
      });
    } else if (names.has(String(name))) {
      diagnostics.add(at, `Cannot use "${name}" twice in axis "${axis}"`, {
        hint: "take one of them out",
      });
    } else {
      names.add(String(name));
      values.push({ name, selects });
    }
  };
  const add = (value: Json, at: YamlPath, plain: boolean): void => {
    const reference = plain ? undefined : referenceIn(value);
    if (reference !== undefined) {
      const known = Object.hasOwn(scope.params, reference);
      const found = lookUp(reference, at, scope);
      if (known) add(found, at, true);
    } else if (Array.isArray(value)) {
      value.forEach((item, index) => add(item, plain ? at : [...at, index], plain));
    } else if (value !== null && typeof value === "object") {
      for (const [name, members] of Object.entries(value)) {
        push(name, [...selectedNames(members as Json, at, scope)], at);
      }
    } else if (value === null) {
      diagnostics.add(at, `Cannot use nothing as a value of axis "${axis}"`);
    } else {
      const escaped = typeof value === "string" && !plain;
      const name = escaped ? value.replace(/^\$\$/, "$") : value as AxisName;
      push(name, [String(name)], at);
    }
  };
  if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(axis)) {
    diagnostics.add(path, `Cannot use "${axis}" as the name of an axis`, {
      hint: "expected letters, digits, - and _, and a letter first",
      part: "key",
    });
  }
  add(given, path, false);
  if (values.length === 0 && !diagnostics.failed) {
    diagnostics.add(path, `Cannot expand axis "${axis}": it has no values`, {
      hint: "give it one at least, or leave the axis out",
    });
  }
  return values;
}

/** Lists of partial instances whose product is the matrix: one list an axis or zip group. */
function zipped(
  axes: readonly { axis: string; values: readonly AxisValue[] }[],
  zip: readonly (readonly string[])[],
  path: YamlPath,
  scope: Scope,
): Axes[][] {
  const groupOf = new Map<string, readonly string[]>();
  const known = axes.map(({ axis }) => axis);
  let sound = true;
  const complain = (at: YamlPath, message: string, hint?: string): void => {
    sound = false;
    scope.diagnostics.add(at, message, { hint });
  };
  zip.forEach((group, index) => {
    const at = [...path, "zip", index];
    const members = group.map((axis) => axes.find((each) => each.axis === axis));
    group.forEach((axis, place) => {
      if (!known.includes(axis)) {
        complain([...at, place], `Cannot zip unknown axis "${axis}"`, suggest(axis, known));
      } else if (groupOf.has(axis)) {
        complain([...at, place], `Cannot zip axis "${axis}" twice`, "it is in one group at most");
      } else groupOf.set(axis, group);
    });
    const lengths = new Set(members.map((each) => each?.values.length));
    if (lengths.size > 1 && members.every((each) => each !== undefined)) {
      const shown = group.map((axis, i) => `${axis} has ${members[i].values.length}`);
      complain(at, `Cannot zip axes of different lengths: ${shown.join(", ")}`);
    }
  });
  if (!sound) return [[]];
  const lists: Axes[][] = [];
  for (const { axis, values } of axes) {
    const group = groupOf.get(axis) ?? [axis];
    if (group[0] !== axis) continue;
    const columns = group.map((name) => axes.find((each) => each.axis === name)!);
    lists.push(
      values.map((_, row) =>
        Object.fromEntries(columns.map((column) => [column.axis, column.values[row]]))
      ),
    );
  }
  return lists;
}

function product(lists: readonly Axes[][]): Axes[] {
  return lists.reduce<Axes[]>(
    (partial, list) => partial.flatMap((left) => list.map((right) => ({ ...left, ...right }))),
    [{}],
  );
}

function knownAxes(
  entry: Readonly<Record<string, unknown>>,
  axes: readonly string[],
  path: YamlPath,
  scope: Scope,
): boolean {
  const unknown = Object.keys(entry).filter((axis) => !axes.includes(axis));
  for (const axis of unknown) {
    scope.diagnostics.add([...path, axis], `Cannot find axis "${axis}" in this matrix`, {
      hint: suggest(axis, axes),
      part: "key",
    });
  }
  return unknown.length === 0;
}

/**
 * Narrows down which instances an entry can match, by an axis of which it names one value: many
 * entries need not look at every instance each.
 */
function indexed(
  instances: readonly Axes[],
): (entry: Readonly<Record<string, Selector>>) => readonly Axes[] {
  const indices = new Map<string, Map<string, Axes[]>>();
  return (entry) => {
    const plain = ([, value]: [string, Selector]): boolean =>
      typeof value !== "object" && !String(value).startsWith("$");
    const [axis, value] = Object.entries(entry).find(plain) ?? [];
    if (axis === undefined) return instances;
    const index = indices.get(axis) ??
      Map.groupBy(instances, (axes) => String(axes[axis].name));
    indices.set(axis, index);
    return index.get(String(value)) ?? [];
  };
}

/** Whether the axes of an instance have one of the values that an entry asks for, each. */
function matcher(
  entry: Readonly<Record<string, Selector | Condition>>,
  path: YamlPath,
  scope: Scope,
): (axes: Axes) => boolean {
  const conditions = Object.entries(entry).map(([axis, condition]) => {
    const negated = typeof condition === "object" && !Array.isArray(condition);
    const selector = negated ? (condition as { not: Selector }).not : condition as Selector;
    return { axis, negated, names: namesByAxes(selector as Json, [...path, axis], scope) };
  });
  return (axes) =>
    conditions.every(({ axis, negated, names }) =>
      names(axes).has(String(axes[axis].name)) !== negated
    );
}
