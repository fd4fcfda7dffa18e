/**
 * The folder of a study's published results: small tables that are committed, with what made them.
 *
 * ```
 * results/published/<study>/study.json        the pipeline file, its profile and params
 * results/published/<study>/results.lock      the lock of that profile
 * results/published/<study>/<table>.parquet   the rows of all instances, with their axes as columns
 * ```
 *
 * @module
 */
import { join } from "node:path";
import { z } from "zod";
import type { Json } from "../core/canonical_json.ts";
import { messageOf, UserError } from "../core/errors.ts";
import { readSmallJson } from "../core/small_file.ts";
import { ReadOnlyTables } from "../table/read_only.ts";
import type { Views } from "../table/views.ts";
import { pageLimits } from "./results.ts";
import { sqlName } from "../table/sql_text.ts";

const params: z.ZodType<Readonly<Record<string, Json>>> = z.record(z.string(), z.any());

const studySchema = z.strictObject({
  /** Its name: that of the pipeline. */
  study: z.string(),
  about: z.string(),
  /** The pipeline file, seen from the project. */
  file: z.string(),
  profile: z.string(),
  params,
  /** What made the tables; older studies did not keep it. */
  made: z.strictObject({
    commits: z.array(z.string()),
    deno: z.array(z.string()),
  }).optional(),
});

/** What a published study says of itself. */
export type Study = z.infer<typeof studySchema>;

/** What a study's tables are, and what made them. */
export const studyFile = "study.json";
/** The lock of the profile that was published. */
export const publishedLock = "results.lock";

/** Tables with the text of a corpus, which has a licence of its own: they are never published. */
export const tablesOfText: ReadonlySet<string> = new Set([
  "sentences",
  "texts",
  "examples",
  "predictions",
  "watched",
  "oddities",
  "losses",
  "worst",
  "suspects",
]);

/** Rows of the longest table that is published. */
const maxRows = 20_000;

/**
 * Writes the small tables of a run into a study's folder, which holds nothing else then.
 *
 * @param views the tables of a run
 * @param lock the text of its lock
 * @returns the names of the tables that were taken, and of those that are too long
 */
export async function publishStudy(
  folder: string,
  study: Study,
  views: Views,
  lock: string,
): Promise<{ readonly taken: readonly string[]; readonly left: readonly string[] }> {
  await Deno.remove(folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.mkdir(folder, { recursive: true });
  const names = Object.keys(views).filter((name) => !tablesOfText.has(name)).sort();
  using tables = await ReadOnlyTables.open(
    Object.fromEntries(names.map((name) => [name, views[name]])),
  );
  const taken: string[] = [], left: string[] = [];
  for (const name of names) {
    const { rows: [[rows]] } = await tables.ask(`SELECT count(*) FROM ${sqlName(name)}`);
    if (Number(rows) > maxRows) left.push(name);
    else {
      taken.push(name);
      await tables.export(`FROM ${sqlName(name)}`, join(folder, `${name}.parquet`));
    }
  }
  await Deno.writeTextFile(join(folder, studyFile), JSON.stringify(study, null, 2) + "\n");
  await Deno.writeTextFile(join(folder, publishedLock), lock);
  return { taken, left };
}

/**
 * What a study's folder says of itself.
 *
 * @throws {UserError} when nothing is published there
 */
export async function readStudy(folder: string): Promise<Study> {
  try {
    return studySchema.parse(await readSmallJson(join(folder, studyFile)));
  } catch (cause) {
    throw new UserError({
      message: `Cannot read the published study ${folder}: ${messageOf(cause)}`,
      hint: "publish a run first: deno run -A scripts/publish_study.ts",
    }, { cause });
  }
}

/** The names of the published tables, sorted. */
export async function tablesOfStudy(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile && name.endsWith(".parquet")) names.push(name.slice(0, -".parquet".length));
  }
  return names.sort();
}

/** The published tables, by the names of their files. */
export async function openStudy(folder: string): Promise<ReadOnlyTables> {
  const names = await tablesOfStudy(folder);
  return await ReadOnlyTables.open(
    Object.fromEntries(
      names.map((name) => [name, { files: [join(folder, `${name}.parquet`)], columns: {} }]),
    ),
    pageLimits,
  );
}
