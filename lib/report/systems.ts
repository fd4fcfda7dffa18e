/**
 * What tells the systems of an experiment apart: one axis has the colours, the others are chosen.
 *
 * @module
 */
import { maxSeries } from "./charts/series.ts";
import { axesIn, type Results, type Row, rowsOf } from "./results.ts";

/** Axes that are methods more often than data, first the likeliest. */
const methods = ["strategy", "h", "head", "adapter", "protocol", "decoding", "start", "model"];

/** The roles of axes in a chart. */
export interface Roles {
  /** The axis that has the colours; undefined where there is one system. */
  readonly series?: string;
  /** The axes that are chosen. */
  readonly choices: readonly string[];
}

/**
 * Gives axes their roles. What a study compares has the colours; axes that follow from others (the
 * head from its width, a model's language from the target) say nothing of their own and have none.
 *
 * @param names axes by which rows may differ
 * @param given columns that are shown anyway, such as the target
 */
export function rolesOf(
  rows: readonly Row[],
  names: readonly string[],
  given: readonly string[],
  compared: readonly string[],
): Roles {
  const values = (name: string) => new Set(rows.map((row) => row[name])).size;
  const varying = names.filter((name) => values(name) > 1);
  const telling: string[] = [];
  const first = [...compared, ...methods];
  const rank = (name: string) => first.includes(name) ? first.indexOf(name) : first.length;
  // An axis that is the target again, wherever it is there at all, tells least.
  const isTarget = (name: string) =>
    Number(follows(rows.filter((row) => (row[name] ?? null) !== null), name, given));
  const sorted = [...varying].sort((a, b) => isTarget(a) - isTarget(b) || rank(a) - rank(b));
  for (const name of sorted) {
    if (!follows(rows, name, [...telling, ...given])) telling.push(name);
  }
  const series = telling.find((name) => values(name) <= maxSeries && rank(name) < first.length) ??
    telling.find((name) => values(name) <= maxSeries);
  return { series, choices: telling.filter((name) => name !== series) };
}

/** Whether one column is the same wherever the others are. */
function follows(rows: readonly Row[], name: string, others: readonly string[]): boolean {
  const seen = new Map<string, unknown>();
  return rows.every((row) => {
    const key = JSON.stringify(others.map((other) => row[other] ?? null));
    if (!seen.has(key)) seen.set(key, row[name]);
    return seen.get(key) === row[name];
  });
}

/** The axes in which the two sides of the comparisons differ: those with most values first, methods before others. */
export async function comparedAxes(results: Results): Promise<string[]> {
  if (!results.has("comparisons")) return [];
  const rows = rowsOf(
    await results.ask("SELECT DISTINCT axesA, axesB FROM comparisons ORDER BY ALL"),
  );
  const values = new Map<string, Set<string>>();
  for (const { axesA, axesB } of rows) {
    const a = axesIn(axesA), b = axesIn(axesB);
    for (const name of Object.keys({ ...a, ...b })) {
      if (a[name] === b[name]) continue;
      const known = values.get(name) ?? new Set();
      values.set(name, known.add(a[name]).add(b[name]));
    }
  }
  const rank = (name: string) => methods.includes(name) ? methods.indexOf(name) : methods.length;
  return [...values]
    .sort(([a, x], [b, y]) => y.size - x.size || rank(a) - rank(b) || (a < b ? -1 : 1))
    .map(([name]) => name);
}

/** Rows whose axes, a column of JSON, have become columns. */
export function withAxes(rows: readonly Row[], column = "axes"): Row[] {
  return rows.map((row) => ({ ...axesIn(row[column]), ...row }));
}

/** The names of the axes in a column of JSON. */
export function axisNames(rows: readonly Row[], column = "axes"): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(axesIn(row[column]))))].sort();
}

/** The values of a column in the order of the rows; numbers ascending. */
export function valuesOf(rows: readonly Row[], name: string): string[] {
  const values = [...new Set(rows.map((row) => String(row[name] ?? "none")))];
  const isNumber = values.every((value) => value === "none" || Number.isFinite(Number(value)));
  return isNumber && values.length > 1 ? values.sort((a, b) => Number(a) - Number(b)) : values;
}
