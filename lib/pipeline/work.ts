/**
 * The messages between an engine and the process that runs an instance.
 *
 * @module
 */
import type { Json } from "../core/canonical_json.ts";
import type { Components } from "../store/components.ts";
import type { Provenance } from "../store/record.ts";
import type { Device, InputInstance, Progress, Resources } from "../plan/stage.ts";

/** One instance, complete: whoever has it can run it without the pipeline file. */
export interface WorkRequest {
  readonly format: 1;
  readonly instance: string;
  readonly kind: string;
  readonly fingerprint: string;
  readonly components: Components;
  readonly params: Json;
  readonly inputs: Readonly<Record<string, readonly InputInstance[]>>;
  readonly resources: Resources;
  readonly device: Device;
  /** Absolute paths. */
  readonly storeFolder: string;
  readonly attemptFolder: string;
  /** Digest of the stored list of code files. */
  readonly codeFiles: string;
  readonly provenance: Provenance;
}

/** What a worker is told, one JSON object a line: an instance to run, or to stop. */
export type WorkCommand = WorkRequest | { readonly cancel: true };

/** What a worker says, one JSON object a line. */
export type WorkerMessage =
  | { readonly event: "progress"; readonly progress: Progress }
  | { readonly event: "done" }
  | { readonly event: "failed"; readonly message: string };

/** How an attempt ended. */
export type Outcome =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly class: FailureClass; readonly message: string };

/**
 * Why an attempt failed: the stage threw, its process died, its time was up, or it was stopped.
 */
export type FailureClass = "stage" | "lost" | "time" | "cancelled";

/** Something that runs instances: local processes, or a cluster. */
export interface Executor {
  /** Runs one instance to its end; never rejects for what the stage does. */
  run(
    request: WorkRequest,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<Outcome>;
  /** Ends all its processes once they are idle. */
  close(): Promise<void>;
  /** Ends all its processes at once. */
  kill(): void;
}
