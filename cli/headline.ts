/**
 * The tables that a run ends with.
 *
 * @module
 */
import { ReadOnlyTables } from "../lib/table/read_only.ts";
import type { ClaimRow } from "../lib/table/schemas/claims.ts";
import type { ComparisonRow } from "../lib/table/schemas/comparisons.ts";
import type { IntervalRow } from "../lib/table/schemas/intervals.ts";
import type { TransferRow } from "../lib/table/schemas/transfer.ts";
import { formatClaims } from "./claims_text.ts";
import { formatComparisons, formatIntervals } from "./interval_tables.ts";
import { resultViews } from "./results.ts";
import { formatResult } from "./text_table.ts";
import { formatTransferMatrix } from "./transfer_matrix.ts";

type Rows = readonly Readonly<Record<string, unknown>>[];

/** Tables that are printed in a form of their own. */
const formats: ReadonlyMap<string, (rows: Rows) => string> = new Map([
  ["transfer", (rows) => formatTransferMatrix(rows as TransferRow[])],
  ["intervals", (rows) => formatIntervals(rows as unknown as IntervalRow[])],
  ["comparisons", (rows) => formatComparisons(rows as unknown as ComparisonRow[])],
  ["claims", (rows) => formatClaims(rows as unknown as ClaimRow[])],
]);

/**
 * Tables of a results folder, each below an empty line: matrices as matrices, other tables row by
 * row. Nothing for a table without rows.
 */
export async function headlineText(
  resultsFolder: string,
  names: readonly string[],
): Promise<string> {
  const views = await resultViews(resultsFolder);
  const asked = names.filter((name) => Object.hasOwn(views, name));
  using tables = await ReadOnlyTables.open(
    Object.fromEntries(asked.map((name) => [name, views[name]])),
  );
  const texts: string[] = [];
  for (const name of asked) {
    const result = await tables.ask(`FROM ${name}`);
    if (result.rows.length === 0) continue;
    const format = formats.get(name);
    const rows = result.rows.map((row) =>
      Object.fromEntries(result.columns.map((column, i) => [column, row[i]]))
    );
    texts.push("\n" + (format ? format(rows) : formatResult(result, "table")));
  }
  return texts.join("\n");
}
