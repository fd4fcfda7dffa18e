/**
 * Reads columns of lists from a Parquet file of a stranger: their types and sizes are checked
 * before any row is taken into memory.
 *
 * @module
 */
import { messageOf, UserError } from "../core/errors.ts";
import { type Cell, Database } from "../table/duckdb.ts";
import { parquetPath, parquetSource } from "../table/parquet_source.ts";
import { sqlName, sqlString } from "../table/sql_text.ts";

/** What the items of a list are. */
export type ItemKind = "text" | "bytes" | "number";

/** A column to be read, and the kinds of items that it may have. */
export interface ListColumn {
  readonly name: string;
  readonly takes: readonly ItemKind[];
}

/** A column as it was found, with its rows. */
export interface ReadLists {
  readonly kind: ItemKind;
  /** One list a row, no item of it NULL. Bytes are text. */
  readonly rows: readonly (readonly (string | number)[])[];
}

/** How DuckDB calls the types of items. A DOUBLE may hold whole numbers. */
const kindOf: ReadonlyMap<string, ItemKind> = new Map<string, ItemKind>([
  ["VARCHAR", "text"],
  ["BLOB", "bytes"],
  ...["", "U"].flatMap((sign) =>
    ["TINYINT", "SMALLINT", "INTEGER", "BIGINT"].map((type): [string, ItemKind] => [
      sign + type,
      "number",
    ])
  ),
  ["FLOAT", "number"],
  ["DOUBLE", "number"],
]);

const expected: Readonly<Record<ItemKind, string>> = {
  text: "text (VARCHAR[])",
  bytes: "UTF-8 in bytes (BLOB[])",
  number: "whole numbers (INTEGER[] or the like)",
};

/** More than any corpus has; beyond that a file is damaged, or made to fill the memory. */
const most = {
  rows: 20_000_000,
  items: 20_000_000,
  bytes: 2 ** 29,
  itemsOfRow: 10_000,
  bytesOfItem: 100_000,
};
/** What DuckDB may take of the memory. */
const memory = "1GiB";

/**
 * Reads columns of lists in the order of their rows.
 *
 * @throws {UserError} when the file is broken or too large; when a column is not there or of another
 * type, naming it; when a list or an item is NULL, too large or no UTF-8, naming the row, from 1
 */
export async function readParquetLists(
  path: string,
  columns: readonly ListColumn[],
): Promise<ReadLists[]> {
  using database = await Database.open();
  const file = new QueriedFile(database, path);
  await file.open();
  await checkFooter(file, columns);
  const kinds = await kindsOf(file, columns);
  for (const [i, { name }] of columns.entries()) await checkLists(file, name, kinds[i]);
  const taken = columns.map(({ name }, i) =>
    kinds[i] === "bytes"
      ? `list_transform(${sqlName(name)}, lambda item: decode(item))`
      : sqlName(name)
  );
  const rows = await file.ask(`SELECT ${taken.join(", ")} FROM input`);
  return columns.map((_, i) => ({
    kind: kinds[i],
    rows: rows.map((row) => row[i] as readonly (string | number)[]),
  }));
}

/** A Parquet file that is asked several questions, in which it is called `input`. */
class QueriedFile {
  /** The path as a literal in which nothing is a pattern. */
  readonly literal: string;
  /** What stands behind FROM. */
  readonly source: string;

  constructor(readonly database: Database, readonly path: string) {
    this.literal = parquetPath(path);
    this.source = parquetSource([path]);
  }

  async open(): Promise<void> {
    const view = `FROM ${this.source}`;
    await this.#trying(async () => {
      await this.database.run(`SET memory_limit = '${memory}'`);
      await this.database.run("SET max_temp_directory_size = '0B'");
      await this.database.run(`CREATE VIEW input AS ${view}`);
    });
  }

  /** The rows of an answer. */
  async ask(sql: string): Promise<Cell[][]> {
    return await this.#trying(async () => (await this.database.query(sql)).rows);
  }

  async #trying<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      const [reason] = messageOf(cause).split("\n\n");
      const tooLarge = /^Out of Memory/.test(reason);
      throw new UserError({
        message: `Cannot read the Parquet file ${this.path}: ${reason.trimEnd()}`,
        hint: tooLarge
          ? `it takes more than ${memory} of memory: no corpus does`
          : "the file is truncated, damaged or of another kind",
      }, { cause });
    }
  }
}

/** What the file says of itself is too much already, before a page of it is unpacked. */
async function checkFooter(file: QueriedFile, columns: readonly ListColumn[]): Promise<void> {
  const names = columns.map(({ name }) => sqlString(name)).join(", ");
  const [[rows, items, bytes]] = await file.ask(
    `SELECT (SELECT sum(num_rows)::DOUBLE FROM parquet_file_metadata(${file.literal})), ` +
      "max(items), sum(bytes) FROM (SELECT sum(num_values)::DOUBLE AS items, " +
      `sum(total_uncompressed_size)::DOUBLE AS bytes FROM parquet_metadata(${file.literal}) ` +
      `WHERE split_part(path_in_schema, ', ', 1) IN (${names}) GROUP BY path_in_schema)`,
  );
  const found = [[rows, most.rows, "rows"], [items, most.items, "words"], [
    bytes,
    most.bytes,
    "bytes",
  ]] as const;
  for (const [amount, limit, unit] of found) {
    if (Number(amount ?? 0) <= limit) continue;
    throw new UserError({
      message: `Cannot read ${file.path}: it has ${amount} ${unit}, more than ${limit}`,
      hint: "the file is damaged, or no corpus: fetch it again, or take another",
    });
  }
}

/** The kinds of the columns' items, by their types alone. */
async function kindsOf(file: QueriedFile, columns: readonly ListColumn[]): Promise<ItemKind[]> {
  const described = await file.ask("SELECT column_name, column_type FROM (DESCRIBE input)");
  const types = new Map(described.map(([name, type]) => [String(name), String(type)]));
  return columns.map(({ name, takes }) => {
    const type = types.get(name);
    if (type === undefined) {
      const known = [...types.keys()].map((known) => `"${known}"`).join(", ");
      throw new UserError(`Cannot read ${file.path}: it has no column "${name}", only ${known}`);
    }
    const kind = type.endsWith("[]") ? kindOf.get(type.slice(0, -2)) : undefined;
    if (kind !== undefined && takes.includes(kind)) return kind;
    throw new UserError({
      message: `Cannot read the column "${name}" of ${file.path}: its type is ${type}`,
      hint: `expected a list of ${takes.map((each) => expected[each]).join(" or of ")}`,
    });
  });
}

/** Refuses what cannot be taken as it is, with its row. */
async function checkLists(file: QueriedFile, name: string, kind: ItemKind): Promise<void> {
  const lists = `(SELECT row_number() OVER () AS row, ${sqlName(name)} AS list FROM input)`;
  const items = `(SELECT row, unnest(list) AS item FROM ${lists})`;
  /** The first row that a condition holds of, with what is to be said of it. */
  const first = async (where: string, from: string, what: string) =>
    (await file.ask(`SELECT row, ${what} FROM ${from} WHERE ${where} ORDER BY row LIMIT 1`)).at(0);
  const refuse = ([row]: readonly Cell[], why: string): never => {
    throw new UserError(`Cannot read row ${row} of ${file.path}: ${why}`);
  };
  const list = await first(`list IS NULL OR len(list) > ${most.itemsOfRow}`, lists, "len(list)");
  if (list?.[1] === null) refuse(list, `${name} is NULL instead of a list`);
  if (list) refuse(list, `${name} has ${list[1]} items, more than ${most.itemsOfRow}`);
  const missing = await first("item IS NULL", items, "NULL");
  if (missing) refuse(missing, `an item of ${name} is NULL`);
  if (kind === "number") return;
  const size = kind === "text" ? "strlen(item)" : "octet_length(item)";
  const long = await first(`${size} > ${most.bytesOfItem}`, items, size);
  if (long) refuse(long, `an item of ${name} has ${long[1]} bytes, more than ${most.bytesOfItem}`);
  const [[bytes]] = await file.ask(`SELECT sum(${size})::DOUBLE FROM ${items}`);
  if (Number(bytes ?? 0) > most.bytes) {
    const limit = `more than ${most.bytes}`;
    throw new UserError(`Cannot read ${file.path}: ${name} has ${bytes} bytes, ${limit}`);
  }
  if (kind !== "bytes") return;
  const other = await first("TRY(decode(item)) IS NULL", items, "item::VARCHAR");
  if (other) refuse(other, `the bytes "${other[1]}" in ${name} are not UTF-8`);
}
