/**
 * What there is at a path.
 *
 * @module
 */
import { UserError } from "./errors.ts";

/** Whether a path leads to a file. @throws {Error} when that cannot be told */
export async function isFile(path: string): Promise<boolean> {
  return (await statOf(path))?.isFile ?? false;
}

/** Whether a path leads to a folder. @throws {Error} when that cannot be told */
export async function isFolder(path: string): Promise<boolean> {
  return (await statOf(path))?.isDirectory ?? false;
}

/** Whether a path leads to anything that can be reached. */
export async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

async function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    const isNone = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    if (isNone) return undefined;
    if ((error as { code?: string }).code === "ELOOP") {
      throw new UserError(`Cannot read ${path}: its links lead in a circle`, { cause: error });
    }
    throw error;
  }
}
