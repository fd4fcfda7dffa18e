/**
 * What is noted beside a fetched file, so that later damage shows.
 *
 * @module
 */
import { z } from "zod";
import { readSmallFile } from "../core/small_file.ts";
import { isFile } from "../core/file_kinds.ts";

const recordSchema = z.object({
  /** Its public address. */
  url: z.string(),
  digest: z.string(),
  from: z.enum(["mirror", "public"]),
  /** It came without its length, so that a cut could have gone unnoticed. */
  unbounded: z.boolean().optional(),
});

/** How a file was fetched. */
export type FetchRecord = z.infer<typeof recordSchema>;

const recordPath = (path: string) => `${path}.fetched.json`;

/** How a file was fetched; undefined where that is not known. */
export async function readRecord(path: string): Promise<FetchRecord | undefined> {
  if (!await isFile(recordPath(path))) return undefined;
  try {
    return recordSchema.safeParse(JSON.parse(await readSmallFile(recordPath(path), 2 ** 16))).data;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Notes how a file was fetched. */
export async function writeRecord(path: string, record: FetchRecord): Promise<void> {
  await Deno.writeTextFile(recordPath(path), JSON.stringify(record));
}

/**
 * Forgets how a file was fetched. It stays to be looked at, and is fetched anew next time unless a
 * pin vouches for it.
 *
 * @param path where it is in the download folder
 */
export async function distrust(path: string): Promise<void> {
  await removeIfThere(recordPath(path));
}

/** Removes a file, if it is there. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
