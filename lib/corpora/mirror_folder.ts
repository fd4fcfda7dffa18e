/**
 * Opens files of a mirror folder, also where a folder's link was checked out as a text file.
 *
 * @module
 */
import { dirname, relative, resolve } from "node:path";
import { openFile, readSmallFile } from "../core/small_file.ts";

const maxLinks = 8;
const maxTargetBytes = 1024;

/**
 * Opens a file of a mirror. Symbolic links are followed by the system. Git without support for
 * them writes a link as a text file that holds the target; where such a file stands in place of a
 * folder it is followed too.
 *
 * @throws {Deno.errors.NotFound} when there is no such file
 */
export async function openInMirror(path: string): Promise<Deno.FsFile> {
  let current = resolve(path);
  for (let links = 0; links <= maxLinks; links++) {
    try {
      if ((await Deno.stat(current)).isDirectory) break;
      return openFile(current);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotADirectory)) throw error;
    }
    const link = await fileAmongParents(current);
    const target = link && await targetOf(link);
    if (!target) break;
    current = resolve(dirname(link), target, relative(link, current));
  }
  throw new Deno.errors.NotFound(`Cannot find ${path}`);
}

async function fileAmongParents(path: string): Promise<string | undefined> {
  for (let parent = dirname(path); parent !== dirname(parent); parent = dirname(parent)) {
    try {
      return (await Deno.stat(parent)).isFile ? parent : undefined;
    } catch (error) {
      const above = error instanceof Deno.errors.NotFound ||
        error instanceof Deno.errors.NotADirectory;
      if (!above) throw error;
    }
  }
  return undefined;
}

async function targetOf(link: string): Promise<string | undefined> {
  if ((await Deno.stat(link)).size > maxTargetBytes) return undefined;
  const target = await readSmallFile(link);
  return target.includes("\n") ? undefined : target;
}
