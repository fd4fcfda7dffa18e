/**
 * Finds the one trap of JSON in SQL: DuckDB's arrows bind weaker than comparisons.
 *
 * @module
 */
import { sqlTokens } from "../table/sql_tokens.ts";

/** Words before an operand that stands in a condition. */
const before = new Set(["WHERE", "AND", "OR", "NOT", "ON", "HAVING", "WHEN", "QUALIFY"]);
/** What makes a condition of the operand before it. */
const after = new Set(["=", "<", ">", "!", "IN", "LIKE", "ILIKE", "BETWEEN", "IS", "NOT"]);

/**
 * The first `axes->>'source'` of a query that is compared with something without parentheses around
 * it: DuckDB would compare 'source' first. Undefined where there is none.
 */
export function weakArrow(query: string): string | undefined {
  const { tokens } = sqlTokens(query);
  for (let at = 1; at + 2 < tokens.length; at++) {
    if (tokens[at].text !== "-" || tokens[at + 1].text !== ">") continue;
    const key = tokens[at + 2].text === ">" ? at + 3 : at + 2;
    if (tokens[key]?.kind !== "string" || !after.has(tokens[key + 1]?.text.toUpperCase())) continue;
    let start = at - 1;
    while (start >= 2 && tokens[start - 1].text === ".") start -= 2;
    if (!before.has(tokens[start - 1]?.text.toUpperCase())) continue;
    return query.slice(tokens[start].start, tokens[key].end);
  }
  return undefined;
}
