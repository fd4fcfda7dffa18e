/**
 * Reads what a results folder says of itself. The folder may come from anybody: what it says is
 * checked before anything is made of it.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { realpathSync, statSync } from "node:fs";
import { z } from "zod";
import { parseSmallJson, readSmallFile } from "../core/small_file.ts";
import { messageOf, UserError } from "../core/errors.ts";
import type { Views } from "./views.ts";
import type { ColumnType } from "./schema.ts";

const types = [
  "VARCHAR",
  "INTEGER",
  "UINTEGER",
  "DOUBLE",
  "BOOLEAN",
  "VARCHAR[]",
  "INTEGER[]",
] as const satisfies readonly ColumnType[];

/** A manifest of 200,000 files is smaller, in bytes. */
export const manifestBytes = 128 * 2 ** 20;

const hasNul = (value: unknown) => typeof value === "string" && value.includes("\0");

/** A text that can stand in SQL. */
const text = z.string().refine((value) => !hasNul(value), "a text has a NUL character");

/** Values by names that can stand in SQL. */
const named = <T extends z.ZodType>(value: T) =>
  z.record(z.string(), value).refine(
    (record) => !Object.keys(record).some(hasNul),
    "a name has a NUL character",
  );

/** A path below the folder, as runs write it. */
const pathBelow = z.string().refine(
  (path) => !path.includes("\0") && path.split("/").every((part) => !/^\.{0,2}$/.test(part)),
  "a path leads out of the folder",
);

/** A digest, which names files of a store. */
const hex = z.string().regex(/^[0-9a-f]*$/);

/** What readers of results need; a run writes more (`lib/pipeline/results.ts`). */
const manifestSchema = z.object({
  format: z.literal(1),
  pipeline: text.default(""),
  profile: text.default(""),
  tables: named(
    z.object({
      about: text.default(""),
      columns: named(
        z.object({ type: z.enum(types), about: text, nullable: z.boolean().optional() }),
      ).refine((columns) => Object.keys(columns).length > 0, "a table has no columns"),
      files: z.array(z.object({
        path: pathBelow,
        sizeBytes: z.int().nonnegative(),
        instance: text.default(""),
        fingerprint: hex.default(""),
        digest: hex.default(""),
        axes: named(
          z.union([z.string(), z.number(), z.boolean()])
            .refine((value) => !hasNul(value), "an axis has a NUL character"),
        ).default({}),
      })),
    }),
  ),
});

/** What a results folder says of itself. */
export type ResultManifest = z.output<typeof manifestSchema>;

const hint = "a run lays the results out again: deno task pipeline";

/**
 * The manifest of a results folder.
 *
 * @throws {UserError} when there are no results yet, or it is not one
 */
export async function readManifest(folder: string): Promise<ResultManifest> {
  const path = join(folder, "manifest.json");
  let text: string;
  try {
    text = await readSmallFile(path, manifestBytes);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    if (!(cause instanceof Deno.errors.NotFound)) {
      throw new UserError({ message: `Cannot read ${path}: ${messageOf(cause)}`, hint }, { cause });
    }
    throw new UserError({
      message: `Cannot read results from ${folder}: there are none yet`,
      hint: "run the pipeline first: deno task pipeline",
    }, { cause });
  }
  return parsedManifest(text, path);
}

/**
 * The views over a results folder, one per table.
 *
 * @throws {UserError} as {@linkcode readManifest}, and when files are no longer as they were laid out
 */
export async function resultViews(folder: string): Promise<Views> {
  const { tables } = await readManifest(folder);
  const views: Record<string, Views[string]> = {};
  for (const [name, { columns, files }] of Object.entries(tables)) {
    views[name] = {
      columns,
      files: files.map((file) => checkedFile(folder, file)),
      axes: files.map(({ axes }) => axes),
    };
  }
  return views;
}

function parsedManifest(text: string, path: string): ResultManifest {
  // A run cannot tell whose the files are that such a manifest should name.
  const hint = `move ${
    dirname(path)
  } elsewhere, and a run lays the results out: deno task pipeline`;
  const refuse = (reason: string, cause?: unknown): never => {
    throw new UserError({ message: `Cannot read ${path}: ${reason}`, hint }, { cause });
  };
  let json: unknown;
  try {
    json = parseSmallJson(text, path);
  } catch (cause) {
    return refuse("it is no JSON", cause);
  }
  const { data, error } = manifestSchema.safeParse(json);
  if (data) return data;
  const [{ path: place, message }] = error.issues;
  const where = place.map(String).join(".");
  return refuse(where === "" ? message : `"${where}": ${message}`);
}

/** Where a file is, which is as long as the manifest says and inside the folder. */
function checkedFile(
  folder: string,
  { path, sizeBytes }: { path: string; sizeBytes: number },
): string {
  const file = join(folder, path);
  const refuse = (reason: string): never => {
    throw new UserError({ message: `Cannot read ${file}: ${reason}`, hint });
  };
  const stat = statOf(file, refuse);
  if (stat === undefined) return refuse("it is gone");
  if (!stat.isFile()) return refuse("it is no file");
  if (stat.size !== sizeBytes) return refuse(`it has ${stat.size} bytes instead of ${sizeBytes}`);
  if (!realpathSync(file).startsWith(join(realpathSync(folder), "/"))) {
    return refuse("it is a link out of the results");
  }
  return file;
}

/** What there is at a path; @throws what `refuse` does when that cannot be told, as of a long name */
function statOf(path: string, refuse: (reason: string) => never) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    return refuse(messageOf(cause));
  }
}
