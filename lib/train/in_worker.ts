/**
 * Runs a training in a Worker of its own, since the runtime blocks the thread that calls it.
 *
 * @module
 */
import type { CheckpointOptions } from "./checkpoints.ts";
import type { StepRecord } from "./step_record.ts";
import type { TrainingResult, TrainingRun } from "./trainer.ts";
import type { TrainingJob } from "./training_job.ts";

/** What the Worker is told. */
export interface TrainingRequest {
  readonly job: TrainingJob;
  readonly checkpoints?: CheckpointOptions;
}

/** What the Worker says. */
export type TrainingMessage =
  | { kind: "step"; record: StepRecord; steps: number }
  | { kind: "log"; line: string }
  | { kind: "done"; result: TrainingResult }
  | { kind: "failed"; message: string };

/**
 * As `trainEncoder`, in a Worker: the caller's thread stays alive.
 *
 * @param run.signal ends the training at once
 * @throws {Error} what the training threw, or the signal's reason
 */
export async function trainInWorker(
  job: TrainingJob,
  run: TrainingRun & { readonly signal: AbortSignal },
): Promise<TrainingResult> {
  run.signal.throwIfAborted();
  const worker = new Worker(new URL("./training_worker.ts", import.meta.url), { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<TrainingResult>();
  const abort = () => reject(run.signal.reason);
  run.signal.addEventListener("abort", abort, { once: true });
  worker.onmessage = ({ data }: MessageEvent<TrainingMessage>) => {
    if (data.kind === "step") run.onStep?.(data.record, data.steps);
    else if (data.kind === "log") run.log?.(data.line);
    else if (data.kind === "done") resolve(data.result);
    else reject(new Error(data.message));
  };
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(event.message));
  };
  worker.postMessage({ job, checkpoints: run.checkpoints } satisfies TrainingRequest);
  try {
    return await promise;
  } finally {
    run.signal.removeEventListener("abort", abort);
    worker.terminate();
  }
}
