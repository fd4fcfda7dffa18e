/**
 * Parquet in and out, and queries, through an in-memory DuckDB. The only importer of DuckDB.
 *
 * @module
 */
import {
  BOOLEAN,
  DOUBLE,
  DuckDBArrayValue,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBListValue,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  LIST,
  listValue,
  StatementType,
  UINTEGER,
  VARCHAR,
} from "@duckdb/node-api";
import { messageOf, UserError } from "../core/errors.ts";
import type { ColumnType, RowOf, TableSchema } from "./schema.ts";

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

/** A value of a query's result. */
export type Cell = null | boolean | number | string | readonly Cell[];

/** The answer to a query: column names and rows in order. */
export interface QueryResult {
  columns: string[];
  rows: Cell[][];
}

/** A string as an SQL literal. */
export function sqlString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as a quoted SQL identifier. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
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
   */
  static async open(options: { threads?: number } = {}): Promise<Database> {
    const instance = await DuckDBInstance.create(":memory:", {
      threads: String(options.threads ?? 1),
      preserve_insertion_order: "true",
    });
    return new Database(instance, await instance.connect());
  }

  /** Runs statements and drops their results. */
  async run(sql: string): Promise<void> {
    await this.#connection.run(sql);
  }

  /**
   * Runs one statement and returns its result. BIGINT and DECIMAL come as numbers, lists as arrays,
   * times, structs, maps and intervals as the text that DuckDB writes.
   */
  async query(sql: string): Promise<QueryResult> {
    const reader = await this.#connection.runAndReadAll(sql);
    return {
      columns: reader.deduplicatedColumnNames(),
      rows: reader.getRows().map((row) => row.map(toCell)),
    };
  }

  /** The statement types of a text, such as `["SELECT"]`, found without running anything. */
  async statementTypes(sql: string): Promise<string[]> {
    const statements = await this.#connection.extractStatements(sql);
    const types: string[] = [];
    for (let i = 0; i < statements.count; i++) {
      const prepared = await statements.prepare(i);
      types.push(StatementType[prepared.statementType]);
      prepared.destroySync();
    }
    return types;
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

function toCell(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") {
    return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
      ? Number(value)
      : String(value);
  }
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) {
    return value.items.map(toCell);
  }
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "string") {
    return value;
  }
  return String(value); // times, structs, maps and intervals as DuckDB writes them
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
    await database.run(
      `COPY ${sqlName(schema.name)} TO ${sqlString(path)} (FORMAT parquet, COMPRESSION zstd)`,
    );
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
  const rows: RowOf<S>[] = [];
  for (const path of typeof paths === "string" ? [paths] : paths) {
    const result = await readParquet(path, `SELECT ${names.map(sqlName).join(", ")} FROM input`);
    for (const row of result.rows) {
      rows.push(Object.fromEntries(names.map((name, i) => [name, row[i]])) as RowOf<S>);
    }
  }
  return rows;
}

/**
 * Queries one Parquet file, which the query calls `input`.
 *
 * @throws {UserError} when the file is missing, truncated or not Parquet
 */
export async function queryParquet(path: string, sql: string): Promise<Record<string, Cell>[]> {
  const { columns, rows } = await readParquet(path, sql);
  return rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]])));
}

async function readParquet(path: string, sql: string): Promise<QueryResult> {
  using database = await Database.open();
  try {
    await database.run(`CREATE VIEW input AS FROM read_parquet(${sqlString(path)})`);
    return await database.query(sql);
  } catch (cause) {
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
 * @throws {UserError} when a file is missing or broken
 */
export async function concatenateTables<S extends TableSchema>(
  schema: S,
  output: string,
  paths: readonly string[],
): Promise<void> {
  if (paths.length === 0) return await writeTable(schema, output, []);
  using database = await Database.open();
  const parts = paths.map((path) => `FROM read_parquet(${sqlString(path)})`);
  await database.run(
    `COPY (${parts.join(" UNION ALL ")}) TO ${
      sqlString(output)
    } (FORMAT parquet, COMPRESSION zstd)`,
  );
}
