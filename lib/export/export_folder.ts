/**
 * A folder that appears whole or not at all, and never takes the place of anybody else's.
 *
 * `export.json` in it names its files; a folder is an export of ours when it names all that is there.
 *
 * @module
 */
import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { canonicalJson } from "../core/canonical_json.ts";
import { makeFolder, syncPath } from "../core/durable_files.ts";
import { messageOf, UserError } from "../core/errors.ts";
import { exchange } from "../core/exchange.ts";
import { sha256File } from "../core/sha256.ts";
import { readSmallFile } from "../core/small_file.ts";

/** What says that a folder is an export, and which files are its own. */
export const markerName = "export.json";

/** A folder in preparation that is older belongs to nobody, in ms. */
const strayAgeMs = 3_600_000;
/** A marker of some 100,000 files is smaller, in bytes. */
const mostMarkerBytes = 64 * 2 ** 20;

const markerSchema = z.object({
  crosstieExport: z.literal(1),
  /** Path, with `/` → SHA-256. */
  files: z.record(z.string(), z.string()),
});

/** A file of an export, by its path with `/`. */
export interface ExportedFile {
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/**
 * Writes an export. Its folder is there when all of it is, and the one that it replaces until then.
 *
 * @param write puts files into a folder, and last those that tell of the others
 * @throws {UserError} when there is a folder that is no export, or one that holds anything else
 */
export async function writeExport(
  folder: string,
  write: (folder: string) => Promise<void>,
): Promise<ExportedFile[]> {
  const target = resolve(folder);
  await refuseForeign(target);
  makeFolder(dirname(target));
  await sweep(target);
  const prepared = `${target}.${crypto.randomUUID()}.partial`;
  try {
    await Deno.mkdir(prepared);
    await write(prepared);
    const files = await filesIn(prepared);
    const digests = Object.fromEntries(files.map(({ path, sha256 }) => [path, sha256]));
    await Deno.writeTextFile(
      join(prepared, markerName),
      canonicalJson({ crosstieExport: 1, files: digests }) + "\n",
    );
    syncPath(prepared);
    await refuseForeign(target); // of what came meanwhile
    await putInPlace(prepared, target);
    return files;
  } finally {
    await Deno.remove(prepared, { recursive: true }).catch(() => {});
  }
}

async function putInPlace(prepared: string, target: string): Promise<void> {
  if (exchange(prepared, target)) return; // the old one goes with what was prepared
  const old = `${target}.${crypto.randomUUID()}.partial`;
  const isThere = await Deno.rename(target, old).then(() => true, (error) => {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  });
  await Deno.rename(prepared, target);
  if (isThere) await Deno.remove(old, { recursive: true });
}

/** The files below a folder, sorted by path, but its marker. */
export async function filesIn(folder: string): Promise<ExportedFile[]> {
  const files: ExportedFile[] = [];
  for (const path of (await pathsIn(folder)).filter((path) => path !== markerName)) {
    const { digest, sizeBytes } = await sha256File(join(folder, path));
    files.push({ path, sha256: digest, sizeBytes });
  }
  return files;
}

/** The paths below a folder, with `/`, sorted; links are files. */
async function pathsIn(folder: string, below = ""): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(folder, below))) {
    if (isDirectory) paths.push(...await pathsIn(folder, `${below}${name}/`));
    else paths.push(below + name);
  }
  return paths.sort();
}

/** @throws {UserError} for a folder that holds anything that no export of ours put there */
async function refuseForeign(target: string): Promise<void> {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new UserError({
      message: `Cannot export to ${target}: ${reason}`,
      hint: "name a folder that is not there yet, or one that an export has written",
    }, { cause });
  };
  const stat = await Deno.lstat(target).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    return refuse(messageOf(error), error);
  });
  if (stat === undefined) return;
  if (!stat.isDirectory) return refuse("it is no folder");
  const paths = await pathsIn(target);
  if (paths.length === 0) return;
  if (!paths.includes(markerName)) return refuse("it holds files that no export has written");
  let files: ReadonlySet<string>;
  try {
    const text = await readSmallFile(join(target, markerName), mostMarkerBytes);
    files = new Set(Object.keys(markerSchema.parse(JSON.parse(text)).files));
  } catch (cause) {
    return refuse(`its ${markerName} is of something else`, cause);
  }
  const other = paths.find((path) => path !== markerName && !files.has(path));
  if (other !== undefined) refuse(`${other} in it is of no export`);
}

/** Removes what exports that were killed have left beside, long ago. */
async function sweep(target: string): Promise<void> {
  const name = `${basename(target)}.`;
  for await (const entry of Deno.readDir(dirname(target))) {
    if (!entry.isDirectory || !entry.name.startsWith(name)) continue;
    if (!/^[0-9a-f-]{36}\.partial$/.test(entry.name.slice(name.length))) continue;
    const path = join(dirname(target), entry.name);
    const { mtime } = await Deno.stat(path).catch(() => ({ mtime: null }));
    if (mtime === null || Date.now() - mtime.getTime() < strayAgeMs) continue;
    await Deno.remove(path, { recursive: true });
  }
}

/** A name as a folder has it on any system, and in an address. */
export function folderName(name: string): string {
  return name.replace(/[^A-Za-z0-9._]+/g, "-").replace(/^[-.]+|[-.]+$/g, "") || "model";
}
