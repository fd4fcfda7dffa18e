/**
 * The axes of instances as columns of the tables that they wrote: a file does not hold the names that
 * only label it.
 *
 * @module
 */
import { sqlName, sqlString } from "./sql_text.ts";

/** The axes of the instance that wrote a file, in their order. */
export type FileAxes = Readonly<Record<string, string | number | boolean>>;

/**
 * An expression for each axis, by the place of a row's file. An axis has numbers where all its values
 * are whole ones, and text elsewhere; files of stages without the axis have NULL.
 *
 * @param axes of every file, in the order in which DuckDB reads them
 * @param columns the table's own, which win over axes of their name
 */
export function axisColumns(axes: readonly FileAxes[], columns: readonly string[]): string[] {
  const taken = new Set(columns.map((name) => name.toLowerCase()));
  const names = new Map<string, string>();
  for (const name of axes.flatMap((each) => Object.keys(each))) {
    const key = name.toLowerCase();
    if (!taken.has(key) && !names.has(key)) names.set(key, name);
  }
  return [...names.values()].map((name) => {
    const values = axes.map((each) => Object.hasOwn(each, name) ? each[name] : undefined);
    const isNumeric = values.every((value) => value === undefined || Number.isSafeInteger(value));
    const literals = values.map((value) =>
      value === undefined ? "NULL" : isNumeric ? String(value) : sqlString(String(value))
    );
    const type = isNumeric ? "BIGINT" : "VARCHAR";
    return `([${literals.join(", ")}]::${type}[])[file_index::BIGINT + 1] AS ${sqlName(name)}`;
  });
}
