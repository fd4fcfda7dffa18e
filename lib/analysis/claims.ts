/**
 * Verdicts of claims: each is computed from the answer to its query.
 *
 * @module
 */
import { canonicalJson } from "../core/canonical_json.ts";
import { type Problem, UserError } from "../core/errors.ts";
import type { Claim, Expected } from "../plan/claims_schema.ts";
import { conditionHolds, type Effect } from "../plan/condition.ts";
import type { QueryResult } from "../table/duckdb.ts";
import type { ReadOnlyTables } from "../table/read_only.ts";
import type { ClaimRow, ExpectedRow } from "../table/schemas/claims.ts";

/** The columns that an answer must have. */
const wanted = ["effect", "low", "high"] as const;

/**
 * Asks every claim's query, and judges the answers.
 *
 * @throws {UserError} with every claim whose query gives no interval, or cannot be asked
 */
export async function judgeClaims(
  claims: readonly Claim[],
  tables: ReadOnlyTables,
): Promise<ClaimRow[]> {
  const rows: ClaimRow[] = [], problems: Problem[] = [];
  for (const [place, claim] of claims.entries()) {
    try {
      rows.push(judged(claim, await tables.ask(claim.query)));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const param = ["claims", place, "query"];
      for (const { message, hint } of error.problems) {
        const own = message.startsWith("Cannot judge claim")
          ? message
          : `Cannot judge claim "${claim.id}": ${message}`;
        problems.push({ message: own, hint, param });
      }
    }
  }
  if (problems.length > 0) throw new UserError(problems);
  return rows;
}

function judged(claim: Claim, answer: QueryResult): ClaimRow {
  const { id, says, source, query, confirmed, refuted } = claim;
  const effect = effectIn(claim, answer);
  const [isConfirmed, isRefuted] = [confirmed, refuted].map((each) => conditionHolds(each, effect));
  if (isConfirmed && isRefuted) {
    throw new UserError({
      message: `Cannot judge claim "${id}": both "${confirmed}" and "${refuted}" hold for ` +
        textOf(effect),
      hint: "write conditions of which at most one can hold",
    });
  }
  const verdict = isConfirmed ? "confirmed" : isRefuted ? "refuted" : "undecided";
  return { id, says, source, verdict, ...effect, confirmed, refuted, query };
}

/** @throws {UserError} where an answer is no effect with an interval */
function effectIn({ id }: Claim, { columns, rows }: QueryResult): Effect {
  const refuse = (why: string, hint: string): never => {
    throw new UserError({
      message: `Cannot judge claim "${id}": its query gives no interval: ${why}`,
      hint,
    });
  };
  checkColumns(id, columns);
  if (rows.length !== 1) {
    refuse(
      rows.length === 0 ? "its answer has no row" : `its answer has ${rows.length} rows`,
      rows.length === 0
        ? "see with deno task sql what the tables have"
        : "narrow it to one row with WHERE, or ask for the row of the mean: language IS NULL",
    );
  }
  const [effect, low, high] = wanted.map((name) => {
    const cell = rows[0][columns.indexOf(name)];
    if (typeof cell === "number" && Number.isFinite(cell)) return cell;
    return refuse(
      `${name} is ${cell === null ? "NULL" : JSON.stringify(cell)}`,
      "a score is NULL where nothing is to be found; cast other types to DOUBLE",
    );
  });
  if (low > high) {
    refuse(`low is ${low}, above high, ${high}`, "name the ends of the interval low and high");
  }
  return { effect, low, high };
}

/**
 * Makes sure that an answer has the columns of an effect.
 *
 * @throws {UserError} where it has not
 */
export function checkColumns(id: string, columns: readonly string[]): void {
  const missing = wanted.filter((name) => !columns.includes(name));
  if (missing.length === 0) return;
  throw new UserError({
    message: `Cannot judge claim "${id}": its query gives no interval: it has no column ` +
      `${missing.map((name) => `"${name}"`).join(", ")}, but ${
        columns.map((name) => `"${name}"`).join(", ")
      }`,
    hint: "select the columns effect, low and high: SELECT difference AS effect, low, high …",
  });
}

function textOf({ effect, low, high }: Effect): string {
  return `effect ${effect}, low ${low} and high ${high}`;
}

/** Published numbers as rows; those over all languages first. */
export function expectedRows(expected: readonly Expected[]): ExpectedRow[] {
  return expected.flatMap(({ id, source, measured, model, axes, metric, of, values, value }) => {
    const numbers: [string | null, number][] = [
      ...value === undefined ? [] : [[null, value] as [null, number]],
      ...Object.entries(values ?? {}),
    ];
    return numbers.map(([language, number]) => ({
      id,
      source,
      isMeasured: measured,
      model: model ?? null,
      axes: canonicalJson(axes ?? {}),
      language,
      metric,
      of,
      value: number,
    }));
  });
}
