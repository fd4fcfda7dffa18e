/**
 * The committed tables of a study as a side of `compare`.
 *
 * @module
 */
import { dirname, join } from "node:path";
import type { CountsFile } from "../lib/analysis/evaluations.ts";
import { UserError } from "../lib/core/errors.ts";
import { statIfThere } from "../lib/core/file_state.ts";
import { openStudy, readStudy, studyFile } from "../lib/report/published_study.ts";
import type { Cell } from "../lib/table/cells.ts";
import { countsTable } from "../lib/table/schemas/scores.ts";
import { sqlName, sqlString } from "../lib/table/sql_text.ts";

const countsFile = "counts.parquet";

/** Whether a folder holds the committed tables of a study. */
export function isPublished(folder: string): boolean {
  return statIfThere(join(folder, studyFile)) !== undefined;
}

/**
 * The counts of every system of a published study, which lie in one table there, each in a file of its
 * own.
 *
 * @param scratch a folder for these files; it is made
 * @throws {UserError} where counts were not published, or do not say which system they are of
 */
export async function publishedCounts(folder: string, scratch: string): Promise<CountsFile[]> {
  const { study, profile } = await readStudy(folder);
  if (!statIfThere(join(folder, countsFile))) throw withoutCounts(folder, study);
  using tables = await openStudy(folder);
  const { columns } = await tables.ask("FROM counts LIMIT 0");
  const own = Object.keys(countsTable.columns);
  const axes = columns.filter((column) => !own.includes(column));
  const named = axes.map(sqlName).join(", ");
  const { rows: twice } = await tables.ask(
    `SELECT 1 FROM counts GROUP BY ${[...axes, ...countsTable.key].map(sqlName)}
      HAVING count(*) > 1 LIMIT 1`,
  );
  if (twice.length > 0) {
    throw new UserError({
      message: `Cannot compare "${folder}": several systems of it have the same axes`,
      hint: "compare the results of a run, whose files are told apart",
    });
  }
  const { rows: systems } = axes.length === 0
    ? { rows: [[]] as Cell[][] }
    : await tables.ask(`SELECT DISTINCT ${named} FROM counts ORDER BY ALL`);
  await Deno.mkdir(scratch, { recursive: true });
  const files: CountsFile[] = [];
  for (const values of systems) {
    const known = axes.map((axis, i) => [axis, values[i]] as const)
      .filter(([, value]) => value !== null).map(([axis, value]) => [axis, String(value)]);
    const file = join(scratch, `${crypto.randomUUID()}.parquet`);
    const where = axes.map((axis, i) =>
      values[i] === null
        ? `${sqlName(axis)} IS NULL`
        : `${sqlName(axis)}::VARCHAR = ${sqlString(String(values[i]))}`
    );
    const condition = ["true", ...where].join(" AND ");
    await tables.export(`SELECT ${own.map(sqlName)} FROM counts WHERE ${condition}`, file);
    const given = Object.fromEntries(known);
    const name = `${study}/${profile}`;
    files.push({
      instance: known.length > 0
        ? `${name}[${known.map((each) => each.join("=")).join(",")}]`
        : name,
      axes: given,
      files: { [countsFile]: file },
    });
  }
  return files;
}

/** Says which studies beside it have counts. */
function withoutCounts(folder: string, study: string): UserError {
  const beside = dirname(folder);
  const others = [...Deno.readDirSync(beside)].map(({ name }) => name)
    .filter((name) => statIfThere(join(beside, name, countsFile))).sort();
  return new UserError({
    message:
      `Cannot compare "${folder}": no counts of sentences were published of ${study}, as it ` +
      "evaluates nothing, or they are too long",
    hint: `compare a run of it, results/${study}/<profile>, or its lock, with deno task pull` +
      (others.length > 0 ? `; published with counts: ${others.join(", ")}` : ""),
  });
}
