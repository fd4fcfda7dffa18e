/**
 * Answers questions in SQL over result tables, and refuses whatever would change or read anything
 * else.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { messageOf, UserError } from "../core/errors.ts";
import { Database, type QueryResult, sqlName, sqlString } from "./duckdb.ts";
import type { Column } from "./schema.ts";

/** Statement types that only read. */
const reading = new Set(["SELECT", "EXPLAIN"]);

/** A view: the Parquet files it reads, and its columns, which it has without files too. */
export interface View {
  readonly files: readonly string[];
  readonly columns: Readonly<Record<string, Column>>;
}

/** Views by name. */
export type Views = Readonly<Record<string, View>>;

/** @throws {UserError} when a file of a view is no Parquet table, or cannot be read */
async function createViews(database: Database, views: Views): Promise<void> {
  for (const [name, { files, columns }] of Object.entries(views)) {
    const empty = Object.entries(columns)
      .map(([column, { type }]) => `NULL::${type} AS ${sqlName(column)}`);
    const list = patternsOf(files).map(sqlString).join(", ");
    const source = files.length > 0
      ? `FROM read_parquet([${list}], union_by_name = true)`
      : `SELECT ${empty.join(", ")} WHERE false`;
    try {
      await database.run(`CREATE VIEW ${sqlName(name)} AS ${source}`);
    } catch (cause) {
      const [reason] = messageOf(cause).split("\n");
      throw new UserError({
        message: `Cannot read the table "${name}": ${reason}`,
        hint: "find out which stage wrote this file, mend it, and run it again",
      }, { cause });
    }
  }
}

/**
 * What DuckDB finds files by. For every name with a bracket in it, it lists the whole folder: where
 * a folder holds just these files, it is told so, and lists it once.
 */
function patternsOf(files: readonly string[]): string[] {
  if (files.length === 0) return [];
  const folder = dirname(files[0]), wanted = new Set(files.map((file) => basename(file)));
  const there = [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".parquet"));
  const isWhole = there.length === files.length && there.every(({ name }) => wanted.has(name)) &&
    files.every((file) => dirname(file) === folder);
  return isWhole ? [join(globEscape(folder), "*.parquet")] : files.map(globEscape);
}

/** Instance names hold brackets, which DuckDB would take for a pattern. */
function globEscape(path: string): string {
  return path.replace(/[[*?]/g, "[$&]");
}

/** Read-only questions over a set of views. Close it with `using`. */
export class ReadOnlyTables {
  readonly #database: Database;
  readonly #views: Views;

  private constructor(database: Database, views: Views) {
    this.#database = database;
    this.#views = views;
  }

  /**
   * Opens views over Parquet files, then locks the database: no other file can be read, no
   * extension loaded, no setting changed.
   */
  static async open(views: Views): Promise<ReadOnlyTables> {
    const database = await Database.open({ threads: 2 });
    await createViews(database, views);
    const paths = Object.values(views).flatMap(({ files }) => [...files, ...patternsOf(files)]);
    await database.run(`SET allowed_paths = [${[...new Set(paths)].map(sqlString).join(", ")}]`);
    for (
      const setting of [
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "enable_external_access = false",
        "memory_limit = '4GB'",
        "lock_configuration = true",
      ]
    ) await database.run(`SET ${setting}`);
    return new ReadOnlyTables(database, views);
  }

  /**
   * Answers one statement.
   *
   * @throws {UserError} when it is not a reading statement, or does not run
   */
  async ask(sql: string): Promise<QueryResult> {
    if (sql.trim() === "") {
      throw new UserError({ message: "Cannot answer: nothing is asked", hint: this.#hint() });
    }
    let types: string[];
    try {
      types = await this.#database.statementTypes(sql);
    } catch (cause) {
      throw new UserError({ message: messageOf(cause), hint: this.#hint() }, { cause });
    }
    const refused = types.find((type) => !reading.has(type));
    if (refused) {
      throw new UserError({
        message: `Cannot run a ${refused} statement: results are read-only`,
        hint: "ask with SELECT, FROM …, DESCRIBE, SUMMARIZE or EXPLAIN",
      });
    }
    if (types.length !== 1) {
      throw new UserError(`Cannot run ${types.length} statements at once: give one`);
    }
    try {
      return await this.#database.query(sql);
    } catch (cause) {
      throw new UserError({ message: messageOf(cause), hint: this.#hint() }, { cause });
    }
  }

  /**
   * Writes the answer to one statement to a new file.
   *
   * @param path ends in `.parquet` or `.csv`
   * @throws {UserError} as {@linkcode ask}, and when the file is of another kind or cannot be written
   */
  async export(sql: string, path: string): Promise<void> {
    const format = path.match(/\.(parquet|csv)$/)?.[1];
    if (!format) {
      throw new UserError(`Cannot export to "${path}": the name must end in .parquet or .csv`);
    }
    // What answers here reads nothing but the views, so that it may run where writing is allowed.
    await this.ask(sql);
    using database = await Database.open();
    await createViews(database, this.#views);
    try {
      const query = sql.trim().replace(/;$/, "");
      await database.run(`CREATE TABLE answer AS (FROM (${query}))`);
      await database.run(`COPY answer TO ${sqlString(path)} (FORMAT ${format})`);
    } catch (cause) {
      throw new UserError(`Cannot export to "${path}": ${messageOf(cause)}`, { cause });
    }
  }

  #hint(): string {
    return `tables here: ${Object.keys(this.#views).join(", ")}`;
  }

  /** Frees the database. */
  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]();
  }
}
