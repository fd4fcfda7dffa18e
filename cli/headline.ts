/**
 * The tables that a run ends with.
 *
 * @module
 */
import type { ShownTable } from "../lib/report/matrix.ts";
import { rowsOf } from "../lib/report/results.ts";
import { shownAnswer } from "../lib/report/shown_answer.ts";
import { ReadOnlyTables } from "../lib/table/read_only.ts";
import type { ClaimRow } from "../lib/table/schemas/claims.ts";
import { formatClaims } from "./claims_text.ts";
import { resultViews } from "./results.ts";
import { alignedTable, formatResult } from "./text_table.ts";

/** A study whose results are shown. */
export interface ShownStudy {
  readonly pipeline: string;
  /** Where its results are. */
  readonly folder: string;
  /** Its headline table, where it has one. */
  readonly headline?: string;
}

/** The name of the table of claims. */
const claims = "claims";

/**
 * The headline table of each study, and then what sources claim in all of them, each below an empty
 * line: matrices as matrices, other tables row by row. Nothing for a table without rows. Of several
 * studies, each table and each claim says whose it is.
 */
export async function headlineText(studies: readonly ShownStudy[]): Promise<string> {
  const texts: string[] = [];
  const claimed: Record<string, unknown>[] = [];
  for (const { pipeline, folder, headline } of studies) {
    const isOne = studies.length === 1;
    const views = await resultViews(folder);
    const names = new Set([...headline ? [headline] : [], claims]);
    const asked = [...names].filter((name) => Object.hasOwn(views, name));
    using tables = await ReadOnlyTables.open(
      Object.fromEntries(asked.map((name) => [name, views[name]])),
    );
    for (const name of asked) {
      const result = await tables.ask(`FROM ${name}`);
      if (result.rows.length === 0) continue;
      if (name === claims) {
        const rows = rowsOf(result);
        claimed.push(...rows.map((row) => isOne ? row : { ...row, id: `${pipeline}:${row.id}` }));
        continue;
      }
      const shown = shownAnswer(result);
      const text = shown ? shownText(shown) : formatResult(result, "table");
      texts.push(`\n${isOne ? "" : `── ${pipeline}\n\n`}${text}`);
    }
  }
  if (claimed.length > 0) texts.push("\n" + formatClaims(claimed as unknown as ClaimRow[]));
  return texts.join("\n");
}

/** Matrices as people read them in a terminal. */
export function shownText(tables: readonly ShownTable[]): string {
  return tables.map(({ title, matrices, foot }) => {
    const texts = matrices.map(({ about, header, rows }) =>
      (about === undefined ? "" : `${about}\n`) +
      alignedTable(header, rows, header.map((_, column) => column > 0))
    );
    return `${title}\n\n${texts.join("\n\n")}${foot === undefined ? "" : `\n${foot}`}`;
  }).join("\n\n");
}
