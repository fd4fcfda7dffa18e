/**
 * `crosstie worker`: runs instances that an engine sends; not for people.
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";

/** The command. */
export function workerCommand() {
  return new Command("worker")
    .description("Runs the instances that come on standard input, one JSON object a line.")
    .action(async () => {
      const [{ serveWorker }, { stages }] = await Promise.all([
        import("../lib/pipeline/worker.ts"),
        import("../stages/mod.ts"),
      ]);
      await serveWorker(stages);
    });
}
