/**
 * Files that one process fills at a time.
 *
 * @module
 */
import { pause } from "./retry.ts";

/**
 * Opens a file that nobody else is filling, waiting for whoever is. It is made when it is not there,
 * and free again once it is closed.
 *
 * @throws the signal's reason when it aborts
 */
export async function openLocked(path: string, signal?: AbortSignal): Promise<Deno.FsFile> {
  for (;;) {
    signal?.throwIfAborted();
    const file = await Deno.open(path, { read: true, write: true, create: true });
    if (await file.tryLock(true) && await isStillAt(path, file)) return file;
    file.close();
    await pause(100, signal);
  }
}

/** Whether a path still names an open file, which another process may have renamed. */
async function isStillAt(path: string, file: Deno.FsFile): Promise<boolean> {
  try {
    return (await Deno.stat(path)).ino === (await file.stat()).ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
