/**
 * The views over results as a script, by which any client of DuckDB has them.
 *
 * @module
 */
import { macroStatements } from "./macros.ts";
import { createView, type Views } from "./read_only.ts";
import { sqlName, sqlString } from "./sql_text.ts";

/**
 * A script that makes the same views and macros elsewhere, with what columns mean as comments. Paths are
 * those of this machine; files that come later are in a later script.
 *
 * @throws {UserError} when a path cannot be told to DuckDB
 */
export function catalogSql(views: Views): string {
  const lines = ["-- Views over results of crosstie: duckdb -init catalog.sql"];
  for (const [name, view] of Object.entries(views)) {
    const statement = createView(name, view).replace(/^CREATE VIEW/, "CREATE OR REPLACE VIEW");
    lines.push("", `${statement};`);
    for (const [column, { about }] of Object.entries(view.columns)) {
      lines.push(
        `COMMENT ON COLUMN ${sqlName(name)}.${sqlName(column)} IS ${sqlString(about)};`,
      );
    }
  }
  lines.push("", ...macroStatements(views).map((statement) => `${statement};`));
  return lines.join("\n") + "\n";
}
