/**
 * What may stand next in a question, as DuckDB's own `sql_auto_complete` suggests it.
 *
 * @module
 */
import type { Database } from "./duckdb.ts";
import { sqlName, sqlString } from "./sql_text.ts";
import { sqlTokens } from "./sql_tokens.ts";

/** Words that may stand where the last one of a text stands. */
export interface Completion {
  /** What is there of the word. */
  readonly begun: string;
  /** What it may become, the likeliest first. */
  readonly words: readonly string[];
}

/** DuckDB takes twice as long for each bracket in another: seconds from the eighth. */
const deepest = 5;
/** A longer text takes more than a second, in UTF-16 units. */
const longestText = 10_000;

const nothing: Completion = { begun: "", words: [] };

/**
 * The words that a text may go on with. Where tables and columns fit they are given alone; tables
 * are those that are named. Beside an answer that is coming, it is not disturbed.
 *
 * @param text a question up to the place where somebody writes
 */
export async function completionOf(
  database: Database,
  text: string,
  tables: ReadonlySet<string>,
): Promise<Completion> {
  if (text.length > longestText || text.includes("\0") || depthOf(text) > deepest) return nothing;
  const { rows } = await database.queryBeside(
    "SELECT suggestion, suggestion_start, suggestion_type, suggestion IN " +
      "(SELECT '\"' || keyword_name || '\"' FROM duckdb_keywords() " +
      "WHERE keyword_category = 'unreserved') AS needsNoQuotes " +
      `FROM sql_auto_complete(${sqlString(text)})`,
  );
  if (rows.length === 0) return nothing;
  // DuckDB counts bytes.
  const begun = new TextDecoder().decode(new TextEncoder().encode(text).slice(Number(rows[0][1])));
  const fitting = rows.map(([suggestion, , kind, needsNoQuotes]) => {
    const written = String(suggestion);
    const isQuoted = begun.startsWith('"');
    const name = written.replace(/^"(.*)"$/s, "$1").replaceAll('""', '"');
    return {
      kind: String(kind),
      name,
      word: isQuoted ? sqlName(name) : needsNoQuotes ? name : written,
    };
  }).filter(({ kind, name }) =>
    (kind !== "table" || tables.has(name)) &&
    name.toLowerCase().startsWith(begun.replace(/^"/, "").toLowerCase())
  );
  const names = fitting.filter(({ kind }) => kind === "table" || kind === "column");
  return {
    begun,
    words: [...new Set((names.length > 0 ? names : fitting).map(({ word }) => word))],
  };
}

/** How many brackets stand in each other. */
function depthOf(text: string): number {
  let depth = 0, most = 0;
  for (const { kind, text: sign } of sqlTokens(text).tokens) {
    if (kind !== "sign") continue;
    if ("([{".includes(sign)) most = Math.max(most, ++depth);
    else if (")]}".includes(sign)) depth = Math.max(0, depth - 1);
  }
  return most;
}
