/**
 * Writes that survive a power cut: data first, then the name. Every write of the engine goes
 * through here, so that a test can let any of them fail.
 *
 * @module
 */
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { basename, dirname } from "node:path";

/** Forces a file or a folder's names to the disk. */
export function syncPath(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    faultPoint();
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Makes a folder and its parents, where they are not there yet. */
export function makeFolder(path: string): void {
  faultPoint();
  Deno.mkdirSync(path, { recursive: true });
}

/** Moves a finished file to its name, and makes the move durable. Folders are created. */
export function publishFile(from: string, to: string): void {
  publishLoosely(from, to);
  syncPath(dirname(to));
}

/**
 * Moves a finished file to its name. A power cut may undo the move, but never leaves half a file:
 * for files whose absence is noticed.
 */
export function publishLoosely(from: string, to: string): void {
  syncPath(from);
  moveTo(from, to);
}

/** How a text is written. */
export interface WriteOptions {
  /** Where it is written first, on the same file system: by default beside it. */
  readonly folder?: string;
  /** The file's permissions. */
  readonly mode?: number;
  /** A power cut may undo the write: for files whose absence is noticed. */
  readonly loosely?: boolean;
}

/**
 * Writes a text file so that readers see the old or the new text, never a part. When that fails,
 * nothing is left behind. Folders are created.
 */
export function writeAtomically(
  path: string,
  text: string,
  { folder = dirname(path), mode, loosely }: WriteOptions = {},
): void {
  const temporary = `${folder}/${basename(path)}.${crypto.randomUUID()}.tmp`;
  try {
    const file = withFolder(temporary, () => openSync(temporary, "wx", mode));
    try {
      writeWhole(file, text);
      faultPoint();
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    moveTo(temporary, path);
    if (!loosely) syncPath(dirname(path));
  } catch (error) {
    removeQuietly(temporary);
    throw error;
  }
}

function moveTo(from: string, to: string): void {
  faultPoint();
  withFolder(to, () => Deno.renameSync(from, to));
}

/** Does what needs the folder of a path, which is made only when it is missed. */
function withFolder<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if ((error as { code?: string }).code !== "ENOENT") throw error;
    makeFolder(dirname(path));
    return act();
  }
}

function writeWhole(file: number, text: string): void {
  faultPoint();
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) rest = rest.subarray(writeSync(file, rest));
}

function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It is not there, or the disk is gone: the error that led here says more.
  }
}

/** Appends a line to an open file or to a path, whose file and folder are created. */
export function appendLine(file: string | number, line: string): void {
  const descriptor = typeof file === "number" ? file : withFolder(file, () => openSync(file, "a"));
  try {
    writeWhole(descriptor, line + "\n");
  } finally {
    if (typeof file === "string") closeSync(descriptor);
  }
}

/**
 * Makes a file one that nobody else changes: a copy of what it names takes the place of a link, and
 * of a file with further names that can be written to.
 */
export async function ownContent(path: string): Promise<void> {
  const { isSymlink, nlink, mode } = Deno.lstatSync(path);
  const isShared = (nlink ?? 1) > 1 && ((mode ?? 0) & 0o222) !== 0;
  if (!isSymlink && !isShared) return;
  const copy = `${path}.${crypto.randomUUID()}.tmp`;
  faultPoint();
  await Deno.copyFile(path, copy);
  Deno.renameSync(copy, path);
}

/** A second name for a file's content: a link, or a copy where links cannot be. */
export async function linkOrCopy(from: string, to: string): Promise<void> {
  faultPoint();
  try {
    await Deno.link(from, to);
  } catch {
    await Deno.copyFile(from, to); // another file system, or one without links
  }
}

/**
 * For tests: `CROSSTIE_FAULT=ENOSPC@17` lets this process's writes fail from the 17th on, and
 * `SIGKILL@17` ends it there.
 */
const fault = /^(ENOSPC|EACCES|SIGKILL)@(\d+)$/.exec(Deno.env.get("CROSSTIE_FAULT") ?? "");
let writes = 0;

/** Stands before every write. */
export function faultPoint(): void {
  if (fault === null || ++writes < Number(fault[2])) return;
  if (fault[1] === "SIGKILL") Deno.kill(Deno.pid, "SIGKILL");
  const text = fault[1] === "ENOSPC" ? "No space left on device" : "Permission denied";
  throw Object.assign(new Error(`${text} (on purpose)`), { code: fault[1] });
}
