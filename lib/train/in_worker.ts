/**
 * Runs a training in a Worker of its own, since the runtime blocks the thread that calls it.
 *
 * @module
 */
import type { StepRecord, TrainingJob, TrainingResult } from "./trainer.ts";

/** What the Worker says. */
export type TrainingMessage =
  | { kind: "step"; record: StepRecord; steps: number }
  | { kind: "done"; result: TrainingResult }
  | { kind: "failed"; message: string };

/**
 * As `trainTokenClassifier`, in a Worker: the caller's thread stays alive.
 *
 * @param options.signal ends the training at once
 * @throws {Error} what the training threw, or the signal's reason
 */
export async function trainInWorker(
  job: TrainingJob,
  options: { signal: AbortSignal; onStep: (record: StepRecord, steps: number) => void },
): Promise<TrainingResult> {
  options.signal.throwIfAborted();
  const worker = new Worker(new URL("./training_worker.ts", import.meta.url), { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<TrainingResult>();
  const abort = () => reject(options.signal.reason);
  options.signal.addEventListener("abort", abort, { once: true });
  worker.onmessage = ({ data }: MessageEvent<TrainingMessage>) => {
    if (data.kind === "step") options.onStep(data.record, data.steps);
    else if (data.kind === "done") resolve(data.result);
    else reject(new Error(data.message));
  };
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(event.message));
  };
  worker.postMessage(job);
  try {
    return await promise;
  } finally {
    options.signal.removeEventListener("abort", abort);
    worker.terminate();
  }
}
