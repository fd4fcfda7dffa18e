/**
 * Decides which SQL may run over results: one statement that selects, and calls nothing that reads
 * or changes anything else. `docs/adr/0012-read-only-sql.md` says why this holds.
 *
 * @module
 */
import { messageOf, UserError } from "../core/errors.ts";
import type { Database } from "./duckdb.ts";
import { sqlString } from "./sql_text.ts";
import { bareStatement, type SqlToken, sqlTokens } from "./sql_tokens.ts";

/** A statement that may run. */
export interface Admitted {
  /** What to run: the statement, without what stands around it. */
  readonly sql: string;
  /** Whether it tells of a plan, which is no table that others select from. */
  readonly isExplain: boolean;
}

/**
 * Functions that stand for a table and look at nothing but their arguments and the catalogue, and the
 * macros of macros.ts.
 */
const tableFunctions = new Set(
  ("generate_series range repeat repeat_row unnest json_each json_tree summary " +
    "histogram histogram_values icu_calendar_names pg_timezone_names query_table " +
    "duckdb_columns duckdb_constraints duckdb_databases duckdb_dependencies duckdb_functions " +
    "duckdb_indexes duckdb_keywords duckdb_memory duckdb_optimizers duckdb_schemas " +
    "duckdb_sequences duckdb_settings duckdb_tables duckdb_temporary_files duckdb_types " +
    "duckdb_variables duckdb_views pivot_scores pragma_collations pragma_database_size pragma_platform " +
    "pragma_show pragma_storage_info pragma_table_info pragma_user_agent pragma_version " +
    "transfer_gap")
    .split(" "),
);

/** Functions among others that do something, beside giving a value. */
const scalarFunctions = new Set([
  "write_log",
  "setseed",
  "nextval",
  "sleep_ms",
  "pg_sleep",
  "json_serialize_plan",
]);

/** A longer text is no question of anybody's, in UTF-16 units. */
const longestText = 2 ** 20;

const hint = "ask with SELECT, FROM …, PIVOT, DESCRIBE, SUMMARIZE or EXPLAIN";

/**
 * Looks at a statement. Nothing of it is run, nor bound to tables or functions: only parsed.
 *
 * @throws {UserError} when it may not run
 */
export async function admit(database: Database, text: string): Promise<Admitted> {
  if (text.length > longestText) {
    throw new UserError(`Cannot read SQL of ${text.length} characters, more than ${longestText}`);
  }
  if (text.includes("\0")) throw new UserError("Cannot read SQL with a NUL character");
  const asked = bareStatement(text);
  if (asked === "") throw new UserError("Cannot answer: nothing is asked");
  const { tokens } = sqlTokens(asked);
  const explain = explainOf(tokens);
  const sql = explain === undefined ? asked : asked.slice(explain.end);
  const inner = await admitSelect(database, sql);
  const isExplain = explain !== undefined;
  return { isExplain, sql: isExplain ? `${explain.prefix}\n${inner}` : inner };
}

/** What to run of a statement that selects. */
async function admitSelect(database: Database, sql: string): Promise<string> {
  const { statements, error } = await parsed(database, sql);
  if (statements) {
    if (statements.length === 0) throw new UserError("Cannot answer: nothing is asked");
    if (statements.length > 1) {
      throw new UserError(`Cannot run ${statements.length} statements at once: give one`);
    }
    for (const { name, isTable } of calledIn(statements)) refuseCall(name, isTable);
    return sql;
  }
  if (error?.type !== "not implemented") {
    throw new UserError(`Cannot read the SQL: ${error?.message ?? "it is no statement"}`);
  }
  await admitPivot(database, sql);
  // Nothing but what selects can stand between these parentheses.
  return `FROM (\n${sql}\n)`;
}

/**
 * DuckDB makes several statements of a PIVOT without a list of values, and shows the tree of none.
 * Here, then, the text itself is looked at.
 */
async function admitPivot(database: Database, sql: string): Promise<void> {
  const { tokens, isPlain } = sqlTokens(sql);
  const isName = (token: SqlToken) => token.kind === "word" || token.kind === "quotedName";
  const signs = tokens.filter(({ kind }) => kind === "sign").map(({ text }) => text);
  let depth = 0;
  const isClosed = signs.every((sign) => {
    depth += sign === "(" ? 1 : sign === ")" ? -1 : 0;
    return depth >= 0;
  }) && depth === 0;
  const beginning = tokens[0]?.text.toUpperCase();
  const isPivot = tokens.some(({ kind, text }) => kind === "word" && /^pivot/i.test(text)) &&
    ["(", "DESCRIBE", "FROM", "PIVOT", "PIVOT_WIDER", "SELECT", "SUMMARIZE", "WITH"]
      .includes(beginning);
  if (!isPivot) throw refusedStatement(tokens[0]);
  if (signs.includes(";")) throw new UserError("Cannot run several statements at once: give one");
  if (!isPlain || !isClosed) {
    throw new UserError({
      message: "Cannot run a PIVOT beside strings with escapes, or parentheses that do not match",
      hint: "name the values: PIVOT … ON … IN ('a', 'b') …",
    });
  }
  const { rows } = await database.query(
    "SELECT DISTINCT function_name FROM duckdb_functions() " +
      "WHERE function_type IN ('table', 'table_macro', 'pragma')",
  );
  const tables = new Set(rows.map(([name]) => String(name).toLowerCase()));
  tokens.forEach((token, i) => {
    if (!isName(token) || tokens[i + 1]?.text !== "(") return;
    const name = token.text.toLowerCase();
    refuseCall(name, tables.has(name));
  });
}

/** What the parser makes of a text, as DuckDB shows it: a tree for each statement that selects. */
async function parsed(
  database: Database,
  sql: string,
): Promise<{ statements?: unknown[]; error?: { type: string; message: string } }> {
  let tree: Record<string, unknown>;
  try {
    const { rows } = await database.query(`SELECT json_serialize_sql(${sqlString(sql)})`);
    tree = JSON.parse(String(rows[0][0]));
  } catch (cause) {
    throw new UserError(messageOf(cause), { cause });
  }
  if (tree.error === false && Array.isArray(tree.statements)) {
    return { statements: tree.statements };
  }
  return { error: { type: String(tree.error_type), message: String(tree.error_message) } };
}

interface Call {
  readonly name: string;
  /** Whether it stands where a table does. */
  readonly isTable: boolean;
}

/** The functions that a tree calls, in lower case. */
function calledIn(root: unknown): Call[] {
  const calls: Call[] = [];
  const open: { node: unknown; isTable: boolean }[] = [{ node: root, isTable: false }];
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    const { node, isTable } = each;
    if (typeof node !== "object" || node === null) continue;
    const { type, function_name: name } = node as Record<string, unknown>;
    if (typeof name === "string") calls.push({ name: name.toLowerCase(), isTable });
    for (const [key, child] of Object.entries(node)) {
      open.push({ node: child, isTable: type === "TABLE_FUNCTION" && key === "function" });
    }
  }
  return calls;
}

function refuseCall(name: string, isTable: boolean): void {
  if (isTable ? tableFunctions.has(name) : !scalarFunctions.has(name)) return;
  throw new UserError({
    message: `Cannot call "${name}" here: results are read-only, and nothing else is read`,
    hint,
  });
}

function refusedStatement({ text }: SqlToken): UserError {
  return new UserError({
    message: `Cannot run a ${text.toUpperCase()} statement: results are read-only`,
    hint,
  });
}

/** Where the EXPLAIN of a statement ends, and how it is said again; undefined where it has none. */
function explainOf(tokens: readonly SqlToken[]): { prefix: string; end: number } | undefined {
  const words = tokens.map(({ kind, text }) => kind === "quotedName" ? "" : text.toUpperCase());
  if (words[0] !== "EXPLAIN") return undefined;
  if (words[1] === "ANALYZE") return { prefix: "EXPLAIN ANALYZE", end: tokens[1].end };
  const close = words.indexOf(")");
  const options = words.slice(2, close).join(" ");
  const isList = words[1] === "(" && close > 0 &&
    /^(ANALYZE|FORMAT [A-Z]+)( , (ANALYZE|FORMAT [A-Z]+))*$/.test(options);
  return isList
    ? { prefix: `EXPLAIN (${options})`, end: tokens[close].end }
    : { prefix: "EXPLAIN", end: tokens[0].end };
}
