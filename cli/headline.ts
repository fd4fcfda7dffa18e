/**
 * The table that a run ends with.
 *
 * @module
 */
import { ReadOnlyTables } from "../lib/table/read_only.ts";
import type { TransferRow } from "../lib/table/schemas/transfer.ts";
import { resultViews } from "./results.ts";
import { formatResult } from "./text_table.ts";
import { formatTransferMatrix } from "./transfer_matrix.ts";

/**
 * A table of a results folder, below an empty line. The transfer matrix is printed as a matrix,
 * other tables row by row. Empty where the table has no rows.
 */
export async function headlineText(resultsFolder: string, table: string): Promise<string> {
  const { [table]: view } = await resultViews(resultsFolder);
  using tables = await ReadOnlyTables.open({ [table]: view });
  const result = await tables.ask(`FROM ${table}`);
  if (result.rows.length === 0) return "";
  if (table !== "transfer") return "\n" + formatResult(result, "table");
  const rows = result.rows.map((row) =>
    Object.fromEntries(result.columns.map((name, i) => [name, row[i]])) as TransferRow
  );
  return "\n" + formatTransferMatrix(rows);
}
