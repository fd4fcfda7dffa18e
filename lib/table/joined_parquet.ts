/**
 * Parquet files of one table, joined into one.
 *
 * @module
 */
import { Database } from "./duckdb.ts";
import { parquetPath } from "./parquet_source.ts";
import { sqlString } from "./sql_text.ts";

/**
 * Writes the rows of several Parquet files as one file, in the order given.
 *
 * NOTE: one scan of a list of files keeps the rows in order; COPY of a UNION ALL (DuckDB 1.5.5) does
 * not, where a file has more than two row groups.
 *
 * @param paths at least one
 * @throws {UserError} when a path cannot be told to DuckDB
 */
export async function joinParquet(output: string, paths: readonly string[]): Promise<void> {
  using database = await Database.open();
  await database.run(
    `COPY (FROM read_parquet([${paths.map(parquetPath).join(", ")}])) ` +
      `TO ${sqlString(output)} (FORMAT parquet, COMPRESSION zstd)`,
  );
}
