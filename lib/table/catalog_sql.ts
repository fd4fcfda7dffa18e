/**
 * The views over results as a script, by which any client of DuckDB has them.
 *
 * @module
 */
import { macroStatements } from "./macros.ts";
import { sqlName } from "./sql_text.ts";
import { commentsOn, createView, type Views } from "./views.ts";

/** The first line of a script over the results of many pipelines. */
export const resultsCatalogTitle =
  "-- Views over all results of crosstie, a schema each: duckdb -init results/catalog.sql";

/**
 * A script that makes the same views and macros elsewhere, with what columns mean as comments. Paths are
 * those of this machine; files that come later are in a later script.
 *
 * @throws {UserError} when a path cannot be told to DuckDB
 */
export function catalogSql(views: Views): string {
  return ["-- Views over results of crosstie: duckdb -init catalog.sql", ...statements(views), ""]
    .join("\n");
}

/**
 * A script over the results of many pipelines: a schema for each, named as its folder.
 *
 * @param current the schema whose views need no name before them
 * @throws {UserError} when a path cannot be told to DuckDB
 */
export function resultsCatalogSql(
  places: ReadonlyMap<string, Views>,
  current: string,
): string {
  const lines = [resultsCatalogTitle];
  for (const [place, views] of places) {
    const schema = sqlName(place);
    lines.push(
      "",
      `CREATE SCHEMA IF NOT EXISTS ${schema};`,
      `USE ${schema};`,
      ...statements(views),
    );
  }
  return [...lines, "", `USE ${sqlName(current)};`, ""].join("\n");
}

function statements(views: Views): string[] {
  const lines: string[] = [];
  for (const [name, view] of Object.entries(views)) {
    const statement = createView(name, view).replace(/^CREATE VIEW/, "CREATE OR REPLACE VIEW");
    lines.push("", `${statement};`, ...commentsOn(name, view).map((comment) => `${comment};`));
  }
  return [...lines, "", ...macroStatements(views).map((statement) => `${statement};`)];
}
