/**
 * Tables as Parquet files: rows in and out.
 *
 * @module
 */
import { messageOf, UserError } from "../core/errors.ts";
import type { Cell } from "./cells.ts";
import { Database } from "./duckdb.ts";
import { parquetPath, parquetSource } from "./parquet_source.ts";
import type { RowOf, TableSchema } from "./schema.ts";
import { sqlName, sqlString } from "./sql_text.ts";

/**
 * Writes rows as a Parquet file. Equal rows give equal bytes.
 *
 * @throws {Error} when a value does not fit its column
 */
export async function writeTable<S extends TableSchema>(
  schema: S,
  path: string,
  rows: readonly RowOf<S>[],
): Promise<void> {
  using database = await Database.open();
  try {
    await database.createTable(schema.name, schema, rows);
    await database.writeParquet(schema.name, path);
  } catch (cause) {
    throw new Error(`Cannot write table "${schema.name}" to ${path}: ${messageOf(cause)}`, {
      cause,
    });
  }
}

/**
 * Reads Parquet files of one table, in the order given.
 *
 * @throws {UserError} when a file is broken or has other columns
 */
export async function readTable<S extends TableSchema>(
  schema: S,
  paths: string | readonly string[],
): Promise<RowOf<S>[]> {
  const names = Object.keys(schema.columns);
  const sql = `SELECT ${names.map(sqlName).join(", ")} FROM input`;
  const rows: Record<string, Cell>[] = [];
  for (const path of typeof paths === "string" ? [paths] : paths) {
    await readParquet(path, sql, (columns) => {
      for (let row = 0; row < columns[0].length; row++) {
        const read: Record<string, Cell> = {};
        for (let i = 0; i < names.length; i++) read[names[i]] = columns[i][row];
        rows.push(read);
      }
    });
  }
  return rows as RowOf<S>[];
}

/**
 * Queries one Parquet file, which the query calls `input`.
 *
 * @throws {UserError} when the file is missing, truncated or not Parquet
 */
export async function queryParquet(path: string, sql: string): Promise<Record<string, Cell>[]> {
  const rows: Record<string, Cell>[] = [];
  await readParquet(path, sql, (columns, names) => {
    columns[0].forEach((_, row) =>
      rows.push(Object.fromEntries(names.map((name, i) => [name, columns[i][row]])))
    );
  });
  return rows;
}

/** Queries one Parquet file; takes the answer column by column, some thousand rows at once. */
async function readParquet(
  path: string,
  sql: string,
  take: (columns: readonly Cell[][], names: readonly string[]) => void,
): Promise<void> {
  using database = await Database.open();
  try {
    await database.run(`CREATE VIEW input AS FROM ${parquetSource([path])}`);
    const read = await database.read(sql);
    for await (const columns of read.byColumns()) take(columns, read.columns);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError({
      message: `Cannot read the Parquet file ${path}: ${reasonOf(cause)}`,
      hint: "the file is truncated, damaged or of another kind",
    }, { cause });
  }
}

/** What DuckDB complains about, without the statement that it quotes. */
function reasonOf(error: unknown): string {
  return messageOf(error).split("\n\nLINE ")[0].trimEnd();
}

/**
 * Writes the rows of several Parquet files of one table as one file, in the order given.
 *
 * NOTE: one scan of a list of files keeps the rows in order; COPY of a UNION ALL (DuckDB 1.5.5) does
 * not, where there are more than two row groups.
 *
 * @throws {UserError} when a file is missing or broken, or a path cannot be told to DuckDB
 */
export async function concatenateTables<S extends TableSchema>(
  schema: S,
  output: string,
  paths: readonly string[],
): Promise<void> {
  if (paths.length === 0) return await writeTable(schema, output, []);
  using database = await Database.open();
  await database.run(
    `COPY (FROM read_parquet([${paths.map(parquetPath).join(", ")}])) ` +
      `TO ${sqlString(output)} (FORMAT parquet, COMPRESSION zstd)`,
  );
}
