/**
 * `crosstie worker`: runs instances that an engine sends. Not for people.
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";

/** The command. */
export function workerCommand() {
  return new Command("worker")
    .description("Runs the instances that come on standard input, one JSON object a line.")
    .option("--task <folder>", "run this process's task of a job array instead")
    .action(async ({ task }) => {
      const { stages } = await import("../stages/mod.ts");
      if (task === undefined) {
        const { serveWorker } = await import("../lib/pipeline/worker.ts");
        return await serveWorker(stages);
      }
      const { runTask } = await import("../lib/slurm/task.ts");
      await runTask(task, stages);
    });
}
