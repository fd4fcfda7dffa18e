/**
 * What people ask of results again and again, as macros of DuckDB: they are part of `sql`'s language,
 * and of the script of `sql --catalog`. admission.ts names those that stand where a table does.
 *
 * @module
 */
import type { Views } from "./views.ts";

/** A macro, and what it stands for. */
interface Macro {
  readonly name: string;
  /** As it is called. */
  readonly call: string;
  readonly about: string;
  /** Its parameters, and what it is. */
  readonly sql: string;
  /** The view that it reads, and the columns beside the table's own; none where it is a value. */
  readonly reads?: { readonly view: string; readonly axes: readonly string[] };
}

const rounded = (x: string) => `format('{:.' || digits || 'f}', (${x})::DOUBLE)`;

/** `interval` is a word of SQL, so that its macro has another name. */
export const macros: readonly Macro[] = [
  {
    name: "mean_std",
    call: "mean_std(value)",
    about: "mean ± sample standard deviation of a group, such as the seeds; the mean alone of one",
    sql: `(x, digits := 1) AS CASE WHEN count(x) > 1 THEN ${rounded("avg(x)")} || ' ± ' || ` +
      `${rounded("stddev_samp(x)")} ELSE ${rounded("avg(x)")} END`,
  },
  {
    name: "with_interval",
    call: "with_interval(value, low, high)",
    about: "a value with the ends of its interval",
    sql: `(x, low, high, digits := 1) AS ${rounded("x")} || ' [' || ${rounded("low")} || ', ' || ` +
      `${rounded("high")} || ']'`,
  },
  {
    name: "significant",
    call: "significant(holm)",
    about: "stars of a p-value: `***` below .001, `**` below .01, `*` below .05",
    sql: "(p) AS CASE WHEN p < 0.001 THEN '***' WHEN p < 0.01 THEN '**' WHEN p < 0.05 THEN '*' " +
      "ELSE '' END",
  },
  {
    name: "transfer_gap",
    call: "FROM transfer_gap('eng')",
    about: "by how much a source is behind the model of each target itself, the furthest first",
    sql: "(from_source) AS TABLE SELECT model, target, metric, mean, mean - gap AS own, gap " +
      "FROM transfer WHERE source = from_source AND gap IS NOT NULL AND target <> source " +
      "ORDER BY gap",
    reads: { view: "transfer", axes: [] },
  },
  {
    name: "pivot_scores",
    call: "PIVOT (FROM pivot_scores('f1')) ON target USING first(score)",
    about:
      "a score of the test split as mean ± standard deviation over seeds, to be turned by PIVOT",
    sql: "(wanted, average := 'micro') AS TABLE SELECT model, source, language AS target, " +
      'mean_std(value) AS score FROM scores WHERE metric = wanted AND "of" = average ' +
      "AND split = 'test' AND epoch IS NULL GROUP BY ALL ORDER BY ALL",
    reads: { view: "scores", axes: ["source"] },
  },
];

/** The statements that make those macros whose views and axes are there. */
export function macroStatements(views: Views): string[] {
  return macros.filter(({ reads }) => reads === undefined || isThere(reads, views))
    .map(({ name, sql }) => `CREATE OR REPLACE MACRO ${name}${sql}`);
}

function isThere({ view, axes }: NonNullable<Macro["reads"]>, views: Views): boolean {
  if (!Object.hasOwn(views, view)) return false;
  const columns = new Set([
    ...Object.keys(views[view].columns),
    ...(views[view].axes ?? []).flatMap((each) => Object.keys(each)),
  ]);
  return axes.every((axis) => columns.has(axis));
}
