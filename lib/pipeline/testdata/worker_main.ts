/**
 * A worker with the test stages.
 *
 * @module
 */
import { runTask } from "../../slurm/task.ts";
import { serveWorker } from "../worker.ts";
import { stages } from "./registry.ts";

if (Deno.args[0] === "--task") await runTask(Deno.args[1], stages);
else await serveWorker(stages);
