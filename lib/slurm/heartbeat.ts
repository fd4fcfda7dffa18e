/**
 * Shows that a task of Slurm lives, also while its main thread computes; gives its claim back when
 * Slurm ends it, and ends the process at once. This runs as a Web Worker beside the task.
 *
 * @module
 */
import { claimTimes } from "../store/claims.ts";

const { searchParams } = new URL(import.meta.url);
const claimFile = searchParams.get("claim")!;

setInterval(() => {
  const now = new Date();
  attempt(() => Deno.utimeSync(claimFile, now, now));
}, claimTimes.heartbeatMs);

Deno.addSignalListener("SIGTERM", () => {
  attempt(() => Deno.removeSync(claimFile));
  Deno.kill(Deno.pid, "SIGKILL");
});

/** What is not there, or cannot be reached now, is no reason to end the task. */
function attempt(act: () => void): void {
  try {
    act();
  } catch {
    // A claim that nobody keeps up is taken over.
  }
}
