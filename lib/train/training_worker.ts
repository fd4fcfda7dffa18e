/**
 * The Worker's side of `in_worker.ts`.
 *
 * @module
 */
import { messageOf } from "../core/errors.ts";
import type { TrainingMessage, TrainingRequest } from "./in_worker.ts";
import { trainEncoder } from "./trainer.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<TrainingRequest>) => void;
  postMessage(message: TrainingMessage): void;
};

scope.onmessage = async ({ data: { job, checkpoints } }) => {
  try {
    const result = await trainEncoder(job, {
      onStep: (record, steps) => scope.postMessage({ kind: "step", record, steps }),
      log: (line) => scope.postMessage({ kind: "log", line }),
      checkpoints,
    });
    scope.postMessage({ kind: "done", result });
  } catch (error) {
    scope.postMessage({ kind: "failed", message: messageOf(error) });
  }
};
