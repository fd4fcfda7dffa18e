/**
 * Parquet in and out, and queries, through an in-memory DuckDB. The only importer of DuckDB.
 *
 * @module
 */
import {
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  DuckDBListVector,
  type DuckDBResult,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  LIST,
  listValue,
  StatementType,
  UINTEGER,
  VARCHAR,
} from "@duckdb/node-api";
import dataAccessors from "@duckdb/node-api/lib/vectors/dataAccessors.js";
import { type Cell, toCell, uniqueNames } from "./cells.ts";
import type { ColumnType, RowOf, TableSchema } from "./schema.ts";
import { sqlName, sqlString } from "./sql_text.ts";

// The package decodes every string of a result with this one decoder, which by itself drops a
// U+FEFF that a value begins with.
Object.assign(dataAccessors, { textDecoder: new TextDecoder("utf-8", { ignoreBOM: true }) });

export type { Cell } from "./cells.ts";

const columnTypes: Record<ColumnType, DuckDBType> = {
  VARCHAR: VARCHAR,
  INTEGER: INTEGER,
  UINTEGER: UINTEGER,
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

/**
 * The answer to a query as it comes, read once: cells are as {@linkcode Database.query} gives them.
 * It ends with the next query of its database.
 */
export class RowStream implements AsyncIterable<Cell[][]> {
  /** Column names, each once. */
  readonly columns: string[];
  /** The columns' types, as DuckDB spells them. */
  readonly types: string[];
  readonly #result: DuckDBResult;

  /** Wraps a result of DuckDB. */
  constructor(result: DuckDBResult) {
    this.#result = result;
    this.columns = uniqueNames(result.columnNames());
    this.types = result.columnTypes().map(String);
  }

  /** Rows, some thousand at once. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Cell[][]> {
    for await (const columns of this.byColumns()) {
      yield columns[0].map((_, row) => columns.map((column) => column[row]));
    }
  }

  /** The same cells, column by column. */
  async *byColumns(): AsyncGenerator<Cell[][]> {
    for await (const chunk of this.chunks()) {
      yield this.columns.map((_, column) => cellsOf(chunk, column));
    }
  }

  /** The rows as DuckDB holds them. */
  async *chunks(): AsyncGenerator<DuckDBDataChunk> {
    for (;;) {
      const chunk = await this.#result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      yield chunk;
    }
  }
}

/** An in-memory database. Close it with `using`. */
export class Database {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

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
    const stream = await this.stream(sql);
    const rows: Cell[][] = [];
    for await (const some of stream) for (const row of some) rows.push(row);
    return { columns: stream.columns, rows };
  }

  /**
   * Runs what DuckDB makes of one statement (of a PIVOT several), and returns the rows of the one
   * that answers as they come.
   */
  async stream(sql: string): Promise<RowStream> {
    const statements = await this.#connection.extractStatements(sql);
    let answer: DuckDBResult | undefined;
    for (let i = 0; i < statements.count; i++) {
      const prepared = await statements.prepare(i);
      const answers = answering.includes(prepared.statementType);
      const isLast = i === statements.count - 1;
      const result = await (isLast && answers ? prepared.stream() : prepared.run());
      prepared.destroySync();
      if (answers) answer = result;
    }
    if (!answer) throw new Error("no statement answers");
    return new RowStream(answer);
  }

  /** Ends the query that is running: it fails. */
  interrupt(): void {
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
    const types = stored.map((type) => columnTypes[type]);
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

/** The type of a column in a file: see {@linkcode ColumnType}. */
function storedType(
  column: string,
  type: ColumnType,
  rows: readonly Readonly<Record<string, unknown>>[],
): ColumnType {
  const isSmall = (row: Readonly<Record<string, unknown>>) => Number(row[column]) < 2 ** 31;
  return type === "UINTEGER" && rows.every(isSmall) ? "INTEGER" : type;
}

/** The cells of one column of a chunk. */
function cellsOf(chunk: DuckDBDataChunk, column: number): Cell[] {
  const vector = chunk.getColumnVector(column);
  const cells = new Array<Cell>(chunk.rowCount);
  for (let row = 0; row < cells.length; row++) {
    const items = vector instanceof DuckDBListVector ? vector.getItemVector(row) : undefined;
    cells[row] = items
      ? Array.from({ length: items.itemCount }, (_, i) => toCell(items.getItem(i)))
      : toCell(vector.getItem(row));
  }
  return cells;
}
