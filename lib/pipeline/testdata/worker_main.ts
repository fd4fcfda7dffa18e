/**
 * A worker with the test stages.
 *
 * @module
 */
import { serveWorker } from "../worker.ts";
import { stages } from "./registry.ts";

await serveWorker(stages);
