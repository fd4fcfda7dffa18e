/**
 * Writes that survive a power cut: data first, then the name.
 *
 * @module
 */
import { closeSync, fsyncSync, openSync } from "node:fs";
import { basename, dirname } from "node:path";

/** Forces a file or a folder's names to the disk. */
export function syncPath(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Moves a finished file to its name, and makes the move durable. Folders are created. */
export async function publishFile(from: string, to: string): Promise<void> {
  syncPath(from);
  await Deno.mkdir(dirname(to), { recursive: true });
  await Deno.rename(from, to);
  syncPath(dirname(to));
}

/**
 * Writes a text file so that readers see the old or the new text, never a part. When that fails,
 * nothing is left behind.
 *
 * @param options.folder where it is written first, on the same file system: by default beside it
 * @param options.mode the file's permissions
 */
export async function writeAtomically(
  path: string,
  text: string,
  { folder = dirname(path), mode }: { folder?: string; mode?: number } = {},
): Promise<void> {
  const temporary = `${folder}/${basename(path)}.${crypto.randomUUID()}.tmp`;
  await Deno.mkdir(folder, { recursive: true });
  try {
    await Deno.writeTextFile(temporary, text, { mode });
    await publishFile(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}
