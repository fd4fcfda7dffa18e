/**
 * Parquet in and out, and queries, through an in-memory DuckDB. The only importer of DuckDB, but for
 * what reads its results, `row_stream.ts`.
 *
 * @module
 */
import {
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBResult,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  LIST,
  listValue,
  StatementType,
  VARCHAR,
} from "@duckdb/node-api";
import { messageOf, UserError } from "../core/errors.ts";
import type { Cell } from "./cells.ts";
import { parquetSource } from "./parquet_source.ts";
import { RowStream } from "./row_stream.ts";
import type { ColumnType, RowOf, TableSchema } from "./schema.ts";
import { sqlName, sqlString } from "./sql_text.ts";

export type { Cell } from "./cells.ts";

const columnTypes: Record<ColumnType, DuckDBType> = {
  VARCHAR: VARCHAR,
  INTEGER: INTEGER,
  DOUBLE: DOUBLE,
  BOOLEAN: BOOLEAN,
  "VARCHAR[]": LIST(VARCHAR),
  "INTEGER[]": LIST(INTEGER),
};

const chunkRows = 2048;

/** Statements that are asked for their rows. */
const answering: readonly StatementType[] = [StatementType.SELECT, StatementType.EXPLAIN];

/** The answer to a query: column names and rows in order. */
export interface QueryResult {
  columns: string[];
  rows: Cell[][];
}

/** An in-memory database. Close it with `using`. */
export class Database {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  /** Whether an answer's transaction is open. */
  #isReading = false;
  #isInterrupted = false;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  /**
   * Opens an empty database. One thread and kept insertion order make what it writes the same
   * bytes every time.
   *
   * @param settings of DuckDB, such as `{ threads: "2" }`
   */
  static async open(settings: Readonly<Record<string, string>> = {}): Promise<Database> {
    const instance = await DuckDBInstance.create(":memory:", {
      threads: "1",
      preserve_insertion_order: "true",
      ...settings,
    });
    return new Database(instance, await instance.connect());
  }

  /** Runs statements and drops their results. */
  async run(sql: string): Promise<void> {
    await this.#connection.run(sql);
  }

  /**
   * Runs one statement and returns its result. Numbers that a double does not hold come as text,
   * lists as arrays, times, structs, maps and intervals as the text that DuckDB writes.
   */
  async query(sql: string): Promise<QueryResult> {
    const read = await this.read(sql);
    const rows: Cell[][] = [];
    for await (const some of read) for (const row of some) rows.push(row);
    return { columns: read.columns, rows };
  }

  /** Runs one statement to its end, and returns its rows, which DuckDB holds until they are taken. */
  async read(sql: string): Promise<RowStream> {
    return new RowStream(await this.#connection.run(sql), () => Promise.resolve());
  }

  /**
   * Runs what DuckDB makes of one question (of a PIVOT several statements), and returns the rows of
   * the one that answers as they come. It writes nothing: its transaction is read-only.
   */
  async stream(sql: string): Promise<RowStream> {
    await this.#leave();
    this.#isInterrupted = false;
    const statements = await this.#connection.extractStatements(sql);
    let answer: DuckDBResult | undefined;
    try {
      for (let i = 0; i < statements.count; i++) {
        const prepared = await statements.prepare(i);
        const type = prepared.statementType, isLast = i === statements.count - 1;
        if (i === 0 && type !== StatementType.TRANSACTION) {
          await this.#connection.run("BEGIN TRANSACTION READ ONLY");
          this.#isReading = true;
        }
        const answers = answering.includes(type);
        const result = await (isLast && answers ? prepared.stream() : prepared.run());
        prepared.destroySync();
        if (answers) answer = result;
      }
    } catch (error) {
      await this.#leave();
      throw error;
    }
    if (!answer) throw new Error("no statement answers");
    return new RowStream(answer, (rows) => this.#finish(sql, rows));
  }

  /**
   * Of an error behind the first rows DuckDB's package says nothing: the rows just end. But the
   * transaction is broken then, and says so.
   */
  async #finish(sql: string, rows: number): Promise<void> {
    if (!this.#isReading) return;
    const isWhole = await this.#connection.run("SELECT 1").then(() => true, () => false);
    await this.#leave();
    if (isWhole) return;
    if (this.#isInterrupted) throw new Error("Interrupted");
    // What went wrong is found by running it again, for nobody.
    const again = await this.#connection.run(`EXPLAIN ANALYZE ${sql}`).catch((error) => error);
    await this.#connection.run("ROLLBACK").catch(() => {});
    throw again instanceof Error ? again : new Error(`DuckDB broke off after ${rows} rows`);
  }

  /** Ends the transaction of an answer, taken to its end or not. */
  async #leave(): Promise<void> {
    if (this.#isReading) await this.#connection.run("ROLLBACK");
    this.#isReading = false;
  }

  /** Ends the query that is running: it fails. */
  interrupt(): void {
    this.#isInterrupted = true;
    this.#connection.interrupt();
  }

  /** Creates a table from rows. */
  async createTable<S extends TableSchema>(
    name: string,
    schema: S,
    rows: readonly RowOf<S>[],
  ): Promise<void> {
    const columns = Object.entries(schema.columns);
    const definition = columns
      .map(([column, { type, nullable }]) =>
        `${sqlName(column)} ${type}${nullable ? "" : " NOT NULL"}`
      )
      .join(", ");
    await this.run(`CREATE TABLE ${sqlName(name)} (${definition})`);
    const appender = await this.#connection.createAppender(name);
    const types = columns.map(([, column]) => columnTypes[column.type]);
    for (let start = 0; start < rows.length; start += chunkRows) {
      const part = rows.slice(start, start + chunkRows) as readonly Record<string, unknown>[];
      const chunk = DuckDBDataChunk.create(types, part.length);
      columns.forEach(([column, { type }], index) => {
        const list = type.endsWith("[]");
        chunk.setColumnValues(
          index,
          part.map((row) =>
            list ? listValue(row[column] as DuckDBValue[]) : row[column] as DuckDBValue
          ),
        );
      });
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
  }

  /** Creates a table from the answer to a query, of this or another database. */
  async createTableFrom(name: string, rows: RowStream): Promise<void> {
    const definition = rows.columns.map((column, i) => `${sqlName(column)} ${rows.types[i]}`);
    await this.run(`CREATE TABLE ${sqlName(name)} (${definition.join(", ")})`);
    const appender = await this.#connection.createAppender(name);
    for await (const chunk of rows.chunks()) appender.appendDataChunk(chunk);
    appender.closeSync();
  }

  /** Writes a table to a Parquet file. */
  async writeParquet(name: string, path: string): Promise<void> {
    await this.run(
      `COPY ${sqlName(name)} TO ${sqlString(path)} (FORMAT parquet, COMPRESSION zstd)`,
    );
  }

  /** Frees the database. */
  [Symbol.dispose](): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}

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
