/**
 * The results that a page is made of: tables that are asked in SQL, and what is known of their making.
 *
 * @module
 */
import type { Cell } from "../table/cells.ts";
import type { ReadOnlyTables } from "../table/read_only.ts";
import { sqlName } from "../table/sql_text.ts";
import type { AskedTable } from "./answered_text.ts";

/** A row of an answer, by column. */
export type Row = Readonly<Record<string, Cell>>;

/** What questions of a page may take. One thread: sums are then added in the same order every time. */
export const pageLimits = { memory: "4GB", disk: "20GB", threads: 1 };

/** Tables with rows, by name. */
export class Results {
  private constructor(
    readonly tables: ReadOnlyTables,
    /** The columns of each table that has rows: axes first. */
    readonly columns: ReadonlyMap<string, readonly string[]>,
    /** How many rows each of them has. */
    readonly counts: ReadonlyMap<string, number>,
  ) {}

  /** Looks at tables. */
  static async of(tables: ReadOnlyTables, names: readonly string[]): Promise<Results> {
    const columns = new Map<string, readonly string[]>(), counts = new Map<string, number>();
    for (const name of [...names].sort()) {
      const count = await tables.ask(`SELECT count(*) FROM ${sqlName(name)}`);
      if (Number(count.rows[0][0]) === 0) continue;
      counts.set(name, Number(count.rows[0][0]));
      columns.set(name, (await tables.ask(`FROM ${sqlName(name)} LIMIT 0`)).columns);
    }
    return new Results(tables, columns, counts);
  }

  /** Whether a table has rows. */
  has(table: string): boolean {
    return this.columns.has(table);
  }

  /** The columns of a table that come before its own: the axes of the instances that wrote it. */
  axesOf(table: string, firstOwn: string): string[] {
    const columns = this.columns.get(table) ?? [];
    return columns.slice(0, columns.indexOf(firstOwn));
  }

  /** Asks in SQL. */
  async ask(sql: string): Promise<AskedTable> {
    return await this.tables.ask(sql);
  }
}

/** The rows of an answer. */
export function rowsOf({ columns, rows }: AskedTable): Row[] {
  return rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])));
}

/** Axes as a table keeps them in a column, by name. */
export function axesIn(json: Cell): Record<string, string> {
  const value = JSON.parse(String(json ?? "{}")) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, String(each)]));
}

/** Rows in groups of the same choice, in the order of their first row. What follows is no choice. */
export function byChoice<R extends Readonly<Record<string, unknown>>>(
  rows: readonly R[],
  names: readonly string[],
): { readonly choice: Record<string, string>; readonly rows: R[] }[] {
  const keyOf = (row: R, by: readonly string[]) =>
    JSON.stringify(by.map((name) => row[name] ?? null));
  const countBy = (by: readonly string[]) => new Set(rows.map((row) => keyOf(row, by))).size;
  const varying: string[] = [];
  for (const name of names) {
    if (countBy([...varying, name]) > countBy(varying)) varying.push(name);
  }
  const groups = Map.groupBy(rows, (row) => keyOf(row, varying));
  return [...groups.values()].map((rows) => ({
    choice: Object.fromEntries(varying.map((name) => [name, String(rows[0][name] ?? "none")])),
    rows,
  }));
}
