/**
 * Describes a table once: its columns, units and keys. Types, Parquet files, views and
 * `results/README.md` follow from it.
 *
 * @module
 */
import { hideAbout } from "../core/words.ts";

/**
 * The column types, spelled as DuckDB spells them. A file keeps a UINTEGER column as INTEGER where
 * all its values fit: the bytes of a table depend on its rows alone.
 */
export type ColumnType =
  | "VARCHAR"
  | "INTEGER"
  | "UINTEGER"
  | "DOUBLE"
  | "BOOLEAN"
  | "VARCHAR[]"
  | "INTEGER[]";

/** A column: its type and what it means, with its unit. */
export interface Column {
  readonly type: ColumnType;
  readonly about: string;
  /** May hold NULL. */
  readonly nullable?: boolean;
}

/** A table: the name of its view, its columns in order, and the columns that identify a row. */
export interface TableSchema<C extends Record<string, Column> = Record<string, Column>> {
  readonly name: string;
  readonly about: string;
  readonly columns: C;
  readonly key: readonly string[];
}

type Plain<T extends ColumnType> = T extends "VARCHAR" ? string
  : T extends "INTEGER" | "UINTEGER" | "DOUBLE" ? number
  : T extends "BOOLEAN" ? boolean
  : T extends "VARCHAR[]" ? readonly string[]
  : readonly number[];

type Value<C extends Column> = C["nullable"] extends true ? Plain<C["type"]> | null
  : Plain<C["type"]>;

/** One row of a table. */
export type RowOf<S extends TableSchema> = { [K in keyof S["columns"]]: Value<S["columns"][K]> };

/** Declares columns that several tables share; the identity, typed. */
export function defineColumns<const C extends Record<string, Column>>(columns: C): C {
  hideAbout(...Object.values(columns));
  return columns;
}

/** Declares a table; the identity, typed. What it says to people is no part of a stage's code. */
export function defineTable<const C extends Record<string, Column>>(
  schema: TableSchema<C> & { readonly key: readonly (keyof C & string)[] },
): TableSchema<C> {
  hideAbout(schema, ...Object.values(schema.columns));
  return schema;
}
