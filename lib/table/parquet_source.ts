/**
 * How DuckDB is told of Parquet files: a path is a name, never a pattern, and the folders in it are
 * never columns.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { UserError } from "../core/errors.ts";
import { sqlString } from "./sql_text.ts";

/**
 * What stands behind FROM to read Parquet files, at least one, as one table. Columns are matched by
 * name.
 *
 * @throws {UserError} when a path cannot be told to DuckDB
 */
export function parquetSource(files: readonly string[]): string {
  const patterns = patternsOf(files).map(sqlString).join(", ");
  return `read_parquet([${patterns}], hive_partitioning = false, union_by_name = true)`;
}

/**
 * The path of a Parquet file as a literal, for functions that tell of files.
 *
 * @throws {UserError} when the path cannot be told to DuckDB
 */
export function parquetPath(file: string): string {
  return sqlString(escaped(file));
}

/** All that {@linkcode parquetSource} may open, as `allowed_paths` wants it. */
export function openedPaths(files: readonly string[]): string[] {
  return [...files, ...patternsOf(files)];
}

/**
 * What DuckDB finds files by. For every name with a bracket in it, it lists the whole folder: where
 * a folder holds just these files, it is told so, and lists it once.
 */
function patternsOf(files: readonly string[]): string[] {
  const folder = dirname(files[0] ?? "");
  if (files.length < 2 || folder.includes("\\")) return files.map(escaped);
  const wanted = new Set(files.map((file) => basename(file)));
  const isPlain = (name: string): boolean => name.endsWith(".parquet") && !name.startsWith(".");
  const isWhole = [...wanted].every(isPlain) && files.every((file) => dirname(file) === folder) &&
    [...Deno.readDirSync(folder)].every(({ name }) => !isPlain(name) || wanted.has(name));
  return isWhole ? [escaped(folder) + join("/", "*.parquet")] : files.map(escaped);
}

/** A path in which nothing is a pattern. */
function escaped(path: string): string {
  if (!/[[*?]/.test(path)) return path;
  // In patterns, and only there, DuckDB takes a backslash for a separator of folders.
  if (path.includes("\\") && Deno.build.os !== "windows") {
    throw new UserError({
      message:
        `Cannot read ${path}: DuckDB finds no file by a path with both "\\" and one of [ * ?`,
      hint: "use a folder without a backslash in its name",
    });
  }
  return path.replace(/[[*?]/g, "[$&]");
}
