/**
 * Lists what is in a store, where it may not be there.
 *
 * @module
 */
import { readSmallFileSync } from "../core/small_file.ts";

/** The largest lock file, or other text, that is read, in bytes. */
const mostBytes = 64 * 2 ** 20;

/** The names in a folder; none when there is no such folder. */
export function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return [];
    }
    throw error;
  }
}

/** Every file among the records of a store. */
export function recordFiles(folder: string): string[] {
  return filesOf(`${folder}/records`);
}

/** Every file among the contents of a store. */
export function objectFiles(folder: string): string[] {
  return filesOf(`${folder}/objects`);
}

/** A file's text; undefined when there is none, or a folder in its place. */
export function readTextIfThere(path: string): string | undefined {
  try {
    return readSmallFileSync(path, mostBytes);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof Deno.errors.NotADirectory) return undefined;
    if ((error as Error).cause instanceof Deno.errors.IsADirectory) return undefined;
    throw error;
  }
}

function filesOf(folder: string): string[] {
  return namesIn(folder).sort().flatMap((part) =>
    namesIn(`${folder}/${part}`).sort().map((name) => `${folder}/${part}/${name}`)
  );
}
