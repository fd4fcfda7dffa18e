/**
 * A folder for what does not fit into memory, gone when its process is.
 *
 * @module
 */
import { join } from "node:path";
import { tmpdir } from "node:os";
import process from "node:process";

const prefix = "crosstie-sql-";

/** A folder of the system's temporary folder. It is made by whoever writes to it. */
export class ScratchFolder {
  /** Where it is. */
  readonly path = join(tmpdir(), `${prefix}${process.pid}-${crypto.randomUUID()}`);

  /** Names a folder, and removes those of processes that were killed. */
  constructor() {
    for (const name of namesIn(tmpdir())) {
      const pid = name.startsWith(prefix) ? parseInt(name.slice(prefix.length)) : NaN;
      if (!Number.isNaN(pid) && !isAlive(pid)) remove(join(tmpdir(), name));
    }
  }

  /** Removes the folder. */
  [Symbol.dispose](): void {
    remove(this.path);
  }
}

/** What is in a folder; nothing where it is not there or may not be listed: most questions need none. */
function namesIn(folder: string): string[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => name);
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as { code?: string }).code !== "ESRCH"; // EPERM: it is somebody else's
  }
}

function remove(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch {
    // Not there, or not ours.
  }
}
