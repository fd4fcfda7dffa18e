/**
 * Ends a worker process whose engine is gone, also while its main thread computes. This runs as a
 * Web Worker beside it.
 *
 * @module
 */

/** How often it looks for the engine, in ms. */
const lookEveryMs = 200;
const engine = Deno.ppid;

setInterval(() => {
  // An orphan gets another parent. SIGKILL, as nothing in this process may go on writing.
  if (Deno.ppid !== engine) Deno.kill(Deno.pid, "SIGKILL");
}, lookEveryMs);
