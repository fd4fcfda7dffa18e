/**
 * In which state a file or folder is, told without reading it.
 *
 * @module
 */

/** Size, times of modification and change in ms, and inode; empty where there is nothing. */
export function stateOf(path: string): string {
  const info = statIfThere(path);
  return info ? stateIn(info) : "";
}

/** The state that a look at a file has found. */
export function stateIn({ size, mtime, ctime, ino }: Deno.FileInfo): string {
  return `${size} ${mtime?.getTime()} ${ctime?.getTime()} ${ino}`;
}

/** When a file last changed, in ms since 1970, by the clock of its file system. */
export function changedAt({ mtime, ctime }: Deno.FileInfo): number {
  return Math.max(mtime?.getTime() ?? 0, ctime?.getTime() ?? 0);
}

/** A look at a file, or at the link that leads to it; undefined where there is none. */
export function statIfThere(path: string, at: "file" | "link" = "file"): Deno.FileInfo | undefined {
  try {
    return at === "link" ? Deno.lstatSync(path) : Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}
