/**
 * What in a folder of results is a pipeline's, and what a person's. A pipeline's is what the
 * folder's manifest names; everything else is kept, whatever is laid out or let go.
 *
 * @module
 */
import { dirname } from "node:path";
import { z } from "zod";
import { faultPoint, makeFolder } from "../core/durable_files.ts";
import { statIfThere } from "../core/file_state.ts";
import { namesIn, readTextIfThere } from "./listing.ts";

/** The file that says what a folder of results holds. */
export const manifestName = "manifest.json";

const manifestSchema = z.object({
  pipeline: z.string(),
  profile: z.string(),
  /** The pipeline file, seen from the project. */
  file: z.string().optional(),
  tables: z.record(z.string(), z.object({ files: z.array(z.object({ path: z.string() })) })),
});

/** What a manifest says of whose a folder is. */
export interface Owned {
  readonly pipeline: string;
  readonly profile: string;
  readonly file?: string;
  /** Folders of tables. */
  readonly tables: ReadonlySet<string>;
  /** Files, as `<table>/<name>`, and the manifest. */
  readonly files: ReadonlySet<string>;
}

/** What is a pipeline's in a folder; undefined where no manifest says so. */
export function ownedIn(folder: string): Owned | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readTextIfThere(`${folder}/${manifestName}`) ?? "null");
  } catch {
    return undefined; // somebody else's file of that name
  }
  const { success, data } = manifestSchema.safeParse(value);
  if (!success) return undefined;
  const files = Object.entries(data.tables).flatMap(([table, { files }]) =>
    files.map(({ path }) => path).filter((path) =>
      path.startsWith(`${table}/`) && !path.slice(table.length + 1).includes("/")
    )
  );
  return {
    ...data,
    tables: new Set(Object.keys(data.tables)),
    files: new Set([manifestName, ...files]),
  };
}

/** Something that is a person's. */
export interface Foreign {
  /** Relative to the folder. */
  readonly path: string;
  /** Links are files, wherever they lead. */
  readonly isFolder: boolean;
}

/** What is a person's in a folder, each folder before what is in it. */
export function* foreignIn(
  folder: string,
  owned: Pick<Owned, "tables" | "files">,
  below = "",
): Generator<Foreign> {
  for (const { name, isDirectory } of Deno.readDirSync(`${folder}/${below}`)) {
    const path = below + name;
    if (isDirectory) {
      if (below !== "" || !owned.tables.has(name)) yield { path, isFolder: true };
      yield* foreignIn(folder, owned, `${path}/`);
    } else if (!owned.files.has(path)) yield { path, isFolder: false };
  }
}

/**
 * Gives what is a person's second names in another folder: files stay the same files there, and
 * links stay links.
 */
export function carry(foreign: readonly Foreign[], from: string, to: string): void {
  for (const { path, isFolder } of foreign) {
    if (isFolder) makeFolder(`${to}/${path}`);
    else linkForeign(`${from}/${path}`, `${to}/${path}`);
  }
  for (const { path } of foreign.filter(({ isFolder }) => isFolder).toReversed()) {
    const { mode } = Deno.lstatSync(`${from}/${path}`);
    if (mode !== null) Deno.chmodSync(`${to}/${path}`, mode & 0o7777);
  }
}

function linkForeign(from: string, to: string): void {
  faultPoint();
  try {
    Deno.linkSync(from, to);
    return;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw error;
  }
  // A file system without links, or a file of another user.
  const { isSymlink, isFile, atime, mtime } = Deno.lstatSync(from);
  if (isSymlink) Deno.symlinkSync(Deno.readLinkSync(from), to);
  else if (isFile) {
    Deno.copyFileSync(from, to);
    if (mtime) Deno.utimeSync(to, atime ?? mtime, mtime);
  } else throw new Error(`Cannot keep ${from}: it is neither a file nor a folder`);
}

/**
 * Removes a folder of results that another has taken the place of. What a person put into it since
 * the other was prepared goes there; what cannot stays where it is, with its folder.
 *
 * @param carried what was carried there before
 * @returns whether nothing is left
 */
export function retire(
  folder: string,
  current: string,
  carried: ReadonlyMap<string, number | null> = new Map(),
): boolean {
  const owned = ownedIn(folder);
  const files = owned?.files ?? new Set<string>();
  const clear = (below: string): void => {
    for (const name of namesIn(`${folder}/${below}`)) {
      const path = below + name;
      const old = statIfThere(`${folder}/${path}`, "link");
      if (old === undefined) continue;
      if (old.isDirectory) {
        if (((old.mode ?? 0o700) & 0o300) !== 0o300) Deno.chmodSync(`${folder}/${path}`, 0o700);
        clear(`${path}/`);
        removeIfEmpty(`${folder}/${path}`);
        continue;
      }
      // The manifest goes last: as long as anything is left, it says what of it is whose.
      if (path === manifestName && files.has(path)) continue;
      if (files.has(path) || isSame(`${folder}/${path}`, `${current}/${path}`)) {
        Deno.removeSync(`${folder}/${path}`);
        continue;
      }
      const there = statIfThere(`${current}/${path}`, "link");
      const isStale = there !== undefined && there.ino === carried.get(path);
      if (there !== undefined && !isStale) continue;
      makeFolder(dirname(`${current}/${path}`));
      Deno.renameSync(`${folder}/${path}`, `${current}/${path}`);
    }
  };
  clear("");
  const left = namesIn(folder);
  if (left.some((name) => name !== manifestName)) return false;
  if (left.length > 0 && owned === undefined) return false;
  Deno.removeSync(folder, { recursive: true });
  return true;
}

/** Whether two names are of one file, or one is the other's copy. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => statIfThere(path, "link"));
  if (a === undefined || b === undefined) return false;
  if (a.ino !== null && a.ino === b.ino && a.dev === b.dev) return true;
  if (a.isSymlink && b.isSymlink) return Deno.readLinkSync(one) === Deno.readLinkSync(other);
  return a.isFile && b.isFile && a.size === b.size && a.mtime?.getTime() === b.mtime?.getTime();
}

function removeIfEmpty(folder: string): void {
  try {
    Deno.removeSync(folder);
  } catch (error) {
    if (namesIn(folder).length === 0) throw error;
  }
}
