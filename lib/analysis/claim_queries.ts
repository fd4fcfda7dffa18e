/**
 * Looks at the queries of claims before anything runs.
 *
 * @module
 */
import { type Problem, UserError } from "../core/errors.ts";
import type { Claim } from "../plan/claims_schema.ts";
import { ReadOnlyTables } from "../table/read_only.ts";
import type { TableSchema } from "../table/schema.ts";
import { weakArrow } from "./arrow_precedence.ts";
import { checkColumns } from "./claims.ts";

/**
 * Makes sure that every query can be asked and gives an effect with its interval, as far as tables
 * without rows can tell: which axes there will be, they do not know. Where native code may not be
 * loaded, as in commands that only look, DuckDB is not asked.
 *
 * @throws {UserError} with a problem for each query that cannot, at its `param`
 */
export async function checkQueries(
  claims: readonly Claim[],
  schemas: readonly TableSchema[],
): Promise<void> {
  if (claims.length === 0) return;
  const views = schemas.map(({ name, columns }) => [name, { files: [], columns }]);
  const { state } = await Deno.permissions.query({ name: "ffi" });
  using tables = state === "granted"
    ? await ReadOnlyTables.open(Object.fromEntries(views))
    : undefined;
  const problems: Problem[] = [];
  for (const [place, { id, query }] of claims.entries()) {
    const param = ["claims", place, "query"];
    const weak = weakArrow(query);
    if (weak !== undefined) {
      problems.push({
        message: `Cannot ask claim "${id}": DuckDB compares first, and takes ${weak} of that`,
        hint: `write parentheses: (${weak})`,
        param,
      });
      continue;
    }
    if (tables === undefined) continue;
    try {
      checkColumns(id, (await tables.stream(query)).columns);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      for (const { message, hint } of error.problems) {
        if (isAboutColumn(message)) continue;
        const own = message.startsWith("Cannot judge claim")
          ? message
          : `Cannot ask claim "${id}": ${message.split("\n")[0]}`;
        problems.push({ message: own, hint, param });
      }
    }
  }
  if (problems.length > 0) throw new UserError(problems);
}

/** Whether a query was refused for a column that may be an axis. */
function isAboutColumn(message: string): boolean {
  return /^Binder Error: (Referenced column|Table ".*" does not have a column|Values list)/
    .test(message);
}
