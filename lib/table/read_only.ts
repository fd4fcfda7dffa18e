/**
 * Answers questions in SQL over result tables, and refuses whatever would change or read anything
 * else.
 *
 * @module
 */
import { messageOf, UserError } from "../core/errors.ts";
import { Database, type QueryResult, sqlName, sqlString } from "./duckdb.ts";

/** Statement types that only read. */
const reading = new Set(["SELECT", "EXPLAIN"]);

/** The Parquet files that each view reads, by the view's name. */
export type Views = Readonly<Record<string, readonly string[]>>;

/** Instance names hold brackets, which DuckDB would take for a pattern. */
function globEscape(path: string): string {
  return path.replace(/[[*?]/g, "[$&]");
}

/** Read-only questions over a set of views. Close it with `using`. */
export class ReadOnlyTables {
  readonly #database: Database;
  /** The names of the views. */
  readonly views: readonly string[];

  private constructor(database: Database, views: readonly string[]) {
    this.#database = database;
    this.views = views;
  }

  /**
   * Opens views over Parquet files, then locks the database: no other file can be read, no
   * extension loaded, no setting changed.
   */
  static async open(views: Views): Promise<ReadOnlyTables> {
    const database = await Database.open({ threads: 2 });
    for (const [name, files] of Object.entries(views)) {
      const list = files.map((file) => sqlString(globEscape(file))).join(", ");
      await database.run(
        `CREATE VIEW ${sqlName(name)} AS FROM read_parquet([${list}], union_by_name = true)`,
      );
    }
    const files = Object.values(views).flat()
      .flatMap((file) => [...new Set([file, globEscape(file)])])
      .map(sqlString).join(", ");
    await database.run(`SET allowed_paths = [${files}]`);
    for (
      const setting of [
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "enable_external_access = false",
        "memory_limit = '4GB'",
        "lock_configuration = true",
      ]
    ) await database.run(`SET ${setting}`);
    return new ReadOnlyTables(database, Object.keys(views));
  }

  /**
   * Answers one statement.
   *
   * @throws {UserError} when it is not a reading statement, or does not run
   */
  async ask(sql: string): Promise<QueryResult> {
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

  #hint(): string {
    return `tables here: ${this.views.join(", ")}`;
  }

  /** Frees the database. */
  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]();
  }
}
