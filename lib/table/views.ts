/**
 * Views over results, and the statements that make them.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { axisColumns, type FileAxes } from "./axis_columns.ts";
import { parquetSource } from "./parquet_source.ts";
import type { Column } from "./schema.ts";
import { sqlName, sqlString } from "./sql_text.ts";
import { bareStatement, sqlTokens } from "./sql_tokens.ts";

/** A view: the Parquet files it reads, and its columns, which it has without files too. */
export interface View {
  readonly files: readonly string[];
  readonly columns: Readonly<Record<string, Column>>;
  /**
   * The axes of the instance that wrote each file: columns before the table's own, but for those
   * that the table has itself.
   */
  readonly axes?: readonly FileAxes[];
}

/** Views by name. */
export type Views = Readonly<Record<string, View>>;

/**
 * The statement that makes a view.
 *
 * @throws {UserError} when a path cannot be told to DuckDB
 */
export function createView(name: string, view: View): string {
  const { files, columns, axes } = inReadingOrder(view);
  const empty = Object.entries(columns)
    .map(([column, { type }]) => `NULL::${type} AS ${sqlName(column)}`);
  const source = files.length > 0
    ? `SELECT ${[...axisColumns(axes, Object.keys(columns)), "*"].join(", ")} ` +
      `FROM ${parquetSource(files)}`
    : `SELECT ${empty.join(", ")} WHERE false`;
  return `CREATE VIEW ${sqlName(name)} AS ${source}`;
}

/** The statements that say what a view's columns mean. */
export function commentsOn(name: string, { columns, axes = [] }: View): string[] {
  const about = new Map<string, readonly [name: string, text: string]>();
  const add = (name: string, text: string) => {
    const key = name.toLowerCase();
    if (!about.has(key)) about.set(key, [name, text]);
  };
  for (const [column, { about }] of Object.entries(columns)) add(column, about);
  for (const axis of axes.flatMap(Object.keys)) add(axis, "axis of the instances");
  return [...about.values()].map(([column, text]) =>
    `COMMENT ON COLUMN ${sqlName(name)}.${sqlName(column)} IS ${sqlString(text)}`
  );
}

/** The question that `DESCRIBE` of a view is: with what its columns mean. */
export function describedView(sql: string, views: ReadonlySet<string>): string | undefined {
  if (sql.length > 1000) return; // no name is so long
  const [verb, name, ...rest] = sqlTokens(bareStatement(sql)).tokens;
  if (!/^desc(ribe)?$/i.test(verb?.text ?? "") || name === undefined || rest.length > 0) return;
  const view = [...views].find((each) => each.toLowerCase() === name.text.toLowerCase());
  return view === undefined ? undefined : "SELECT column_name, data_type AS column_type, comment " +
    `FROM duckdb_columns() WHERE NOT internal AND table_name = ${sqlString(view)} ` +
    "ORDER BY column_index";
}

/**
 * A view with its files by the bytes of their paths: DuckDB reads a folder in this order, however the
 * files are named to it.
 */
function inReadingOrder({ files, columns, axes }: View) {
  const bytes = files.map((file) => Buffer.from(file));
  const order = files.map((_, i) => i).sort((a, b) => Buffer.compare(bytes[a], bytes[b]));
  return {
    columns,
    files: order.map((i) => files[i]),
    axes: axes ? order.map((i) => axes[i]) : [],
  };
}
