/**
 * Replaces `$name` by the axis or param that it stands for.
 *
 * @module
 */
import type { Json } from "../core/canonical_json.ts";
import { suggest } from "../core/suggest.ts";
import type { YamlPath } from "../core/yaml.ts";
import type { Diagnostics } from "../core/diagnostics.ts";

/** A value of an axis. */
export type AxisName = string | number | boolean;

/** A value of an axis with the names that it selects: its members, or only itself. */
export interface AxisValue {
  readonly name: AxisName;
  readonly selects: readonly string[];
}

/** The axes of an instance, in declared order. */
export type Axes = Readonly<Record<string, AxisValue>>;

/** What `$name` can stand for, and which params were asked for. */
export interface Scope {
  readonly axes: Axes;
  readonly params: Readonly<Record<string, Json>>;
  readonly usedParams: Set<string>;
  /** Axes of this stage that its params, inputs or resources asked for. */
  readonly usedAxes: Set<string>;
  /** References that were not found. */
  readonly unknown: Set<string>;
  readonly diagnostics: Diagnostics;
}

/** The name in `$name`, or undefined for any other value. `$$` is an escaped dollar sign. */
export function referenceIn(value: Json): string | undefined {
  return typeof value === "string" && /^\$(?!\$)/.test(value) ? value.slice(1) : undefined;
}

/** The param or axis name that a reference stands for; an unknown one is a problem and null. */
export function lookUp(name: string, path: YamlPath, scope: Scope): Json {
  if (Object.hasOwn(scope.axes, name)) {
    scope.usedAxes.add(name);
    return scope.axes[name].name;
  }
  if (Object.hasOwn(scope.params, name)) {
    scope.usedParams.add(name);
    return scope.params[name];
  }
  scope.unknown.add(name);
  const known = [...Object.keys(scope.axes), ...Object.keys(scope.params)];
  scope.diagnostics.add(path, `Cannot find "$${name}" among the axes and params`, {
    hint: suggest(name, known) ?? "write $$ for a dollar sign",
  });
  return null;
}

/** A value with every reference in it replaced. */
export function resolveValue(value: Json, path: YamlPath, scope: Scope): Json {
  const name = referenceIn(value);
  if (name !== undefined) return lookUp(name, path, scope);
  if (typeof value === "string") return value.replace(/^\$\$/, "$");
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) {
    return value.map((item, index) => resolveValue(item, [...path, index], scope));
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      resolveValue(item as Json, [...path, key], scope),
    ]),
  );
}

/** A param's plain value: `$$` is a dollar sign, and references are problems. */
export function plainParam(value: Json, path: YamlPath, diagnostics: Diagnostics): Json {
  const name = referenceIn(value);
  if (name !== undefined) {
    const hint = "params are plain values; write $$ for a dollar sign";
    diagnostics.add(path, `Cannot refer to "$${name}" inside params`, { hint });
  }
  if (typeof value === "string") return value.replace(/^\$\$/, "$");
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) {
    return value.map((item, index) => plainParam(item, [...path, index], diagnostics));
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      plainParam(item as Json, [...path, key], diagnostics),
    ]),
  );
}

/** The names that a selector admits: a value, a list, `$param`, or `$axis` with its members. */
export function selectedNames(selector: Json, path: YamlPath, scope: Scope): Set<string> {
  const names = new Set<string>();
  const add = (value: Json, at: YamlPath, plain: boolean): void => {
    const name = plain ? undefined : referenceIn(value);
    if (Array.isArray(value)) value.forEach((item, i) => add(item, [...at, i], plain));
    else if (name !== undefined && Object.hasOwn(scope.axes, name)) {
      scope.usedAxes.add(name);
      scope.axes[name].selects.forEach((member) => names.add(member));
    } else if (name !== undefined) add(lookUp(name, at, scope), at, true);
    else if (value !== null && typeof value === "object") {
      Object.values(value).forEach((members) => add(members as Json, at, plain));
    } else if (value !== null) {
      names.add(plain ? String(value) : String(value).replace(/^\$\$/, "$"));
    }
  };
  add(selector, path, false);
  return names;
}

/**
 * The names that a selector admits in each instance. A selector that refers to no axis is read
 * once, however many instances there are.
 */
export function namesByAxes(
  selector: Json,
  path: YamlPath,
  scope: Scope,
): (axes: Axes) => ReadonlySet<string> {
  let same: ReadonlySet<string> | undefined;
  return (axes) => {
    if (same) return same;
    const usedAxes = new Set<string>();
    const names = selectedNames(selector, path, { ...scope, axes, usedAxes });
    for (const axis of usedAxes) scope.usedAxes.add(axis);
    if (usedAxes.size === 0) same = names;
    return names;
  };
}
