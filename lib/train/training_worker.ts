/**
 * The Worker's side of `in_worker.ts`.
 *
 * @module
 */
import { messageOf } from "../core/errors.ts";
import type { TrainingMessage } from "./in_worker.ts";
import { type TrainingJob, trainTokenClassifier } from "./trainer.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<TrainingJob>) => void;
  postMessage(message: TrainingMessage): void;
};

scope.onmessage = async ({ data: job }) => {
  try {
    const result = await trainTokenClassifier(
      job,
      (record, steps) => scope.postMessage({ kind: "step", record, steps }),
    );
    scope.postMessage({ kind: "done", result });
  } catch (error) {
    scope.postMessage({ kind: "failed", message: messageOf(error) });
  }
};
