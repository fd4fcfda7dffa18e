/**
 * Shows that a task of Slurm lives, also while its main thread computes: touches the file that its
 * address names, as long as the process is there. This runs as a Web Worker beside it.
 *
 * @module
 */
import { claimTimes } from "../store/claims.ts";

const file = new URL(import.meta.url).searchParams.get("file")!;

setInterval(() => {
  const now = new Date();
  try {
    Deno.utimeSync(file, now, now);
  } catch {
    // Not there yet, or no more; a file system that does not answer now may answer next time.
  }
}, claimTimes.heartbeatMs);
