/**
 * Which answers are shown as matrices: those with the columns of a table that has such a form.
 *
 * @module
 */
import type { TableSchema } from "../table/schema.ts";
import { type ComparisonRow, comparisonsTable } from "../table/schemas/comparisons.ts";
import { type IntervalRow, intervalsTable } from "../table/schemas/intervals.ts";
import { type TransferRow, transferTable } from "../table/schemas/transfer.ts";
import type { AskedTable } from "./answered_text.ts";
import { comparisonTables, intervalTables } from "./interval_matrices.ts";
import type { ShownTable } from "./matrix.ts";
import { byChoice, type Row, rowsOf } from "./results.ts";
import { transferTables } from "./transfer_matrix.ts";

/** Tables that have a form of their own, by name. */
const forms: readonly { schema: TableSchema; show(rows: readonly Row[]): ShownTable[] }[] = [
  { schema: transferTable, show: transfersByAxes },
  { schema: intervalsTable, show: (rows) => intervalTables(rows as unknown as IntervalRow[]) },
  {
    schema: comparisonsTable,
    show: (rows) => comparisonTables(rows as unknown as ComparisonRow[]),
  },
];

/** An answer as matrices; undefined for one that lacks columns of each table that has such a form. */
export function shownAnswer(answer: AskedTable): ShownTable[] | undefined {
  const form = forms.find(({ schema }) =>
    Object.keys(schema.columns).every((column) => answer.columns.includes(column))
  );
  return form?.show(rowsOf(answer));
}

/** A matrix for each of the values of axes that are columns beside the table's own. */
function transfersByAxes(rows: readonly Row[]): ShownTable[] {
  const axes = Object.keys(rows[0] ?? {}).filter((name) =>
    !Object.hasOwn(transferTable.columns, name)
  );
  return byChoice(rows, axes).flatMap(({ choice, rows }) => {
    const named = Object.entries(choice).map(([name, value]) => `, ${name}=${value}`).join("");
    return transferTables(rows as unknown as TransferRow[])
      .map((table) => ({ ...table, title: table.title + named }));
  });
}
