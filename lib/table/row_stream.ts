/**
 * The rows of DuckDB's results.
 *
 * @module
 */
import type { DuckDBDataChunk, DuckDBListVector, DuckDBResult } from "@duckdb/node-api";
import { type Cell, toCell, uniqueNames } from "./cells.ts";

/**
 * Makes DuckDB's package keep what it is given: it decodes every string of a result with one decoder,
 * which by itself drops a U+FEFF that a value begins with. To be called before the first result.
 */
export async function keepByteOrderMarks(): Promise<void> {
  const { default: accessors } = await import(
    "@duckdb/node-api/lib/vectors/dataAccessors.js"
  );
  Object.assign(accessors, { textDecoder: new TextDecoder("utf-8", { ignoreBOM: true }) });
}

/** A longer list is no value that anybody reads, and would fill the memory. */
const mostItems = 20_000_000;

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
  readonly #end: (rows: number) => Promise<void>;

  /**
   * Wraps a result of DuckDB.
   *
   * @param end called after the last row: throws when there should be more
   */
  constructor(result: DuckDBResult, end: (rows: number) => Promise<void>) {
    this.#result = result;
    this.#end = end;
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
    let rows = 0;
    for (;;) {
      const chunk = await this.#result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return await this.#end(rows);
      yield chunk;
      rows += chunk.rowCount;
    }
  }
}

/** The cells of one column of a chunk. */
function cellsOf(chunk: DuckDBDataChunk, column: number): Cell[] {
  const vector = chunk.getColumnVector(column);
  const lists = "getItemVector" in vector ? vector as DuckDBListVector : undefined;
  const cells = new Array<Cell>(chunk.rowCount);
  for (let row = 0; row < cells.length; row++) {
    const items = lists?.getItemVector(row) ?? undefined;
    if (items && items.itemCount > mostItems) {
      throw new Error(`a list has ${items.itemCount} items, more than ${mostItems}`);
    }
    cells[row] = items
      ? Array.from({ length: items.itemCount }, (_, i) => toCell(items.getItem(i)))
      : toCell(vector.getItem(row));
  }
  return cells;
}
