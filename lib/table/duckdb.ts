/**
 * Parquet in and out, and queries, through an in-memory DuckDB. The only importer of DuckDB, but for
 * what reads its results, `row_stream.ts`.
 *
 * @module
 */
import type {
  DuckDBConnection,
  DuckDBInstance,
  DuckDBResult,
  DuckDBType,
  DuckDBValue,
} from "@duckdb/node-api";
import type { Cell } from "./cells.ts";
import { keepByteOrderMarks, RowStream } from "./row_stream.ts";
import type { ColumnType, RowOf, TableSchema } from "./schema.ts";
import { sqlName, sqlString } from "./sql_text.ts";

export type { Cell } from "./cells.ts";

type DuckDB = typeof import("@duckdb/node-api");

function columnType(duckdb: DuckDB, type: ColumnType): DuckDBType {
  const { VARCHAR, INTEGER, UINTEGER, DOUBLE, BOOLEAN, LIST } = duckdb;
  const types: Record<ColumnType, DuckDBType> = {
    VARCHAR,
    INTEGER,
    UINTEGER,
    DOUBLE,
    BOOLEAN,
    "VARCHAR[]": LIST(VARCHAR),
    "INTEGER[]": LIST(INTEGER),
  };
  return types[type];
}

const chunkRows = 2048;

/** The answer to a query: column names and rows in order. */
export interface QueryResult {
  columns: string[];
  rows: Cell[][];
}

/** An in-memory database. Close it with `using`. */
export class Database {
  readonly #duckdb: DuckDB;
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  /** Whether an answer's transaction is open. */
  #isReading = false;
  #isInterrupted = false;

  private constructor(duckdb: DuckDB, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#duckdb = duckdb;
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
    // Not before: what only plans loads no native code.
    const duckdb = await import("@duckdb/node-api");
    await keepByteOrderMarks();
    const instance = await duckdb.DuckDBInstance.create(":memory:", {
      threads: "1",
      preserve_insertion_order: "true",
      ...settings,
    });
    return new Database(duckdb, instance, await instance.connect());
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
    return await collected(await this.read(sql));
  }

  /** As {@linkcode query}, on a connection of its own: an answer that is coming goes on. */
  async queryBeside(sql: string): Promise<QueryResult> {
    const connection = await this.#instance.connect();
    try {
      const read = new RowStream(await connection.run(sql), () => Promise.resolve());
      return await collected(read);
    } finally {
      connection.closeSync();
    }
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
    const { StatementType } = this.#duckdb;
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
        const answers = type === StatementType.SELECT || type === StatementType.EXPLAIN;
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
    const stored = columns.map(([column, { type }]) => storedType(column, type, rows));
    const definition = columns
      .map(([column, { nullable }], i) =>
        `${sqlName(column)} ${stored[i]}${nullable ? "" : " NOT NULL"}`
      )
      .join(", ");
    await this.run(`CREATE TABLE ${sqlName(name)} (${definition})`);
    const appender = await this.#connection.createAppender(name);
    const types = stored.map((type) => columnType(this.#duckdb, type));
    for (let start = 0; start < rows.length; start += chunkRows) {
      const part = rows.slice(start, start + chunkRows) as readonly Record<string, unknown>[];
      const chunk = this.#duckdb.DuckDBDataChunk.create(types, part.length);
      columns.forEach(([column, { type }], index) => {
        const list = type.endsWith("[]");
        chunk.setColumnValues(
          index,
          part.map((row) =>
            list ? this.#duckdb.listValue(row[column] as DuckDBValue[]) : row[column] as DuckDBValue
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

/** All rows of a result. */
async function collected(read: RowStream): Promise<QueryResult> {
  const rows: Cell[][] = [];
  for await (const some of read) for (const row of some) rows.push(row);
  return { columns: read.columns, rows };
}

/** The type of a column in a file: see {@linkcode ColumnType}. */
function storedType(
  column: string,
  type: ColumnType,
  rows: readonly Readonly<Record<string, unknown>>[],
): ColumnType {
  const isSmall = (row: Readonly<Record<string, unknown>>) => Number(row[column]) < 2 ** 31;
  return type === "UINTEGER" && rows.every(isSmall) ? "INTEGER" : type;
}
