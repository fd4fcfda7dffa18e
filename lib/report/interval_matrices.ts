/**
 * Intervals and comparisons as people read them: a row per system, a column per target.
 *
 * @module
 */
import type { ComparisonRow } from "../table/schemas/comparisons.ts";
import type { IntervalRow } from "../table/schemas/intervals.ts";
import { bestOf, type Matrix, type ShownTable } from "./matrix.ts";

/** What a table's rows are cells of. */
interface Cells<R> {
  readonly rows: readonly R[];
  readonly corner: string;
  labelOf(row: R): string;
  cellOf(row: R): string;
}

type Target = { readonly corpus: string | null; readonly language: string | null };

/** Scores with their intervals: a column per target, and the mean over them. */
export function intervalTables(rows: readonly IntervalRow[]): ShownTable[] {
  const shown = rows.filter(({ over }) => over !== "iqm");
  return blocks(shown, (block) => {
    const [{ metric, of, split, confidence }] = block;
    const seeds = Math.max(...block.map((row) => row.seeds));
    const title = `${metric} of ${of} on the ${split} split, %, with ${percent(confidence)} ` +
      `intervals over sentences${seeds > 1 ? ` and ${seeds} seeds` : ""}`;
    const same = untelling(block.map(({ axes, language }) => ({ axes: [axes], language })));
    const matrix = matrixOf({
      rows: block,
      corner: "system ↓ target →",
      labelOf: ({ model, axes }) => systemName(model, without(axes, same)),
      cellOf: ({ value, low, high }) =>
        value === null ? "–" : `${value.toFixed(1)} ${ends(low, high, "")}`,
    });
    return { title, matrices: [matrix], best: bestOf(metric) };
  });
}

/** Differences with their intervals, and stars by what Holm's correction leaves of p. */
export function comparisonTables(rows: readonly ComparisonRow[]): ShownTable[] {
  return blocks(rows, (block) => {
    const [{ metric, of, split, confidence }] = block;
    const tests = Math.max(...block.map((row) => row.tests));
    const title =
      `Difference in ${metric} of ${of} on the ${split} split, percentage points, with ` +
      `${percent(confidence)} intervals`;
    const foot = `* p ≤ .05, ** p ≤ .01, *** p ≤ .001 after Holm's correction for ${tests} ` +
      (tests === 1 ? "test" : "tests") + "; the mean is a test of its own";
    const same = untelling(
      block.map(({ axesA, axesB, language }) => ({ axes: [axesA, axesB], language })),
    );
    const matrix = matrixOf({
      rows: block,
      corner: "systems ↓ target →",
      labelOf: ({ modelA, axesA, modelB, axesB }) =>
        `${systemName(modelA, without(axesA, same))} − ${systemName(modelB, without(axesB, same))}`,
      cellOf: ({ difference, low, high, holm }) =>
        difference === null ? "–" : `${signed(difference)} ${ends(low, high, "+")}${starsOf(holm)}`,
    });
    return { title, matrices: [matrix], foot };
  });
}

/** One, two or three stars for a corrected p; none where it is above .05. */
export function starsOf(p: number | null): string {
  return "*".repeat([.05, .01, .001].filter((limit) => p !== null && p <= limit).length);
}

/** A model with its axes: `encoder source=swa`. */
export function systemName(model: string, axes: string): string {
  const named = Object.entries(JSON.parse(axes) as Record<string, unknown>);
  return [model, ...named.map(([name, value]) => `${name}=${value}`)].join(" ");
}

/** Axes that tell no systems apart: the same in all of several, or the target again in every row. */
function untelling(
  rows: readonly { readonly axes: readonly string[]; readonly language: string | null }[],
): ReadonlySet<string> {
  const sides = rows.flatMap(({ axes, language }) =>
    axes.map((json) => ({ json, system: JSON.parse(json) as Record<string, unknown>, language }))
  );
  if (new Set(sides.map(({ json }) => json)).size < 2) return new Set();
  const names = new Set(sides.flatMap(({ system }) => Object.keys(system)));
  return new Set([...names].filter((name) => {
    const own = sides.filter(({ system }) => Object.hasOwn(system, name));
    const values = new Set(own.map(({ system }) => system[name]));
    if (values.size === 1) return own.length === sides.length;
    return own.every(({ system, language }) => system[name] === language);
  }));
}

function without(axes: string, names: ReadonlySet<string>): string {
  const all = Object.entries(JSON.parse(axes) as Record<string, unknown>);
  return JSON.stringify(Object.fromEntries(all.filter(([name]) => !names.has(name))));
}

/** Rows of one score together. */
function blocks<R extends { metric: string; of: string; split: string }>(
  rows: readonly R[],
  format: (rows: readonly R[]) => ShownTable,
): ShownTable[] {
  const groups = Map.groupBy(rows, ({ metric, of, split }) => JSON.stringify([metric, of, split]));
  return [...groups.values()].map(format);
}

function matrixOf<R extends Target>({ rows, corner, labelOf, cellOf }: Cells<R>): Matrix {
  const corpora = new Set(rows.flatMap(({ corpus }) => corpus === null ? [] : [corpus]));
  const targetOf = ({ corpus, language }: Target): string =>
    language === null ? "mean" : corpora.size > 1 ? `${corpus} ${language}` : language;
  const targets = [...new Set(rows.map(targetOf))]
    .sort((a, b) => Number(a === "mean") - Number(b === "mean"));
  const header = [corner, ...targets];
  const lines = [...Map.groupBy(rows, labelOf)].map(([label, own]) => [
    label,
    ...targets.map((target) => own.filter((row) => targetOf(row) === target).map(cellOf)[0] ?? "–"),
  ]);
  return { header, rows: lines };
}

function ends(low: number | null, high: number | null, plus: string): string {
  const text = (value: number | null): string =>
    value === null ? "?" : plus === "" ? value.toFixed(1) : signed(value);
  return `[${text(low)}, ${text(high)}]`;
}

/** A number with its sign: +4.7, −1.2, 0.0. */
export function signed(value: number, decimals = 1): string {
  const text = Math.abs(value).toFixed(decimals);
  return Number(text) === 0 ? text : `${value < 0 ? "−" : "+"}${text}`;
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(4))} %`;
}
