/**
 * The messages between an engine and the process that runs an instance.
 *
 * @module
 */
import type { Json } from "../core/canonical_json.ts";
import type { Components } from "../store/fingerprint.ts";
import type { SlurmOptions } from "../plan/execution.ts";
import type { Provenance } from "../store/record.ts";
import type { Capacity } from "./budget.ts";
import type { Device, InputInstance, Progress, Resources } from "../plan/stage.ts";

/** One instance, complete: whoever has it can run it without the pipeline file. */
export interface WorkRequest {
  readonly format: 1;
  /** What it is a part of: people find it by that, and it decides nothing. */
  readonly pipeline: string;
  readonly profile: string;
  readonly instance: string;
  readonly kind: string;
  readonly fingerprint: string;
  readonly components: Components;
  readonly params: Json;
  readonly inputs: Readonly<Record<string, readonly InputInstance[]>>;
  readonly resources: Resources;
  readonly slurm: SlurmOptions;
  readonly device: Device;
  /** Absolute paths. */
  readonly projectFolder: string;
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
  | { readonly event: "ended"; readonly outcome: Outcome };

/** How an attempt ended. */
export type Outcome = { readonly kind: "done" } | Failure;

/** An attempt that failed. */
export interface Failure {
  readonly kind: "failed";
  readonly class: FailureClass;
  readonly message: string;
  /** Where it ran, when not in the folder that was asked for. */
  readonly attemptFolder?: string;
}

/**
 * Why an attempt failed: the stage threw, there was too little memory, its process ended by itself,
 * it was ended from outside or never heard of again, its time was up, or the run was stopped.
 */
export type FailureClass = "stage" | "memory" | "crashed" | "lost" | "time" | "cancelled";

/** Hears of an instance that runs. */
export interface Listener {
  progress(progress: Progress): void;
  /** Where it is, such as `Slurm job 12_3, pending`. */
  place(place: string): void;
}

/** Something that runs instances: local processes, or a cluster. */
export interface Executor {
  /** What one instance may need. */
  readonly machine: Capacity;
  /** What instances may use at once. */
  readonly capacity: Capacity;
  /** Where an engine claims what it only waits for: workers claim in `claims` what they run. */
  readonly claims?: "followers";
  /**
   * Runs one instance to its end; never rejects for what the stage does.
   *
   * @throws {UserError} when no instance can be run this way
   */
  run(request: WorkRequest, listener: Listener, signal: AbortSignal): Promise<Outcome>;
  /** Ends all its processes once they are idle. */
  close(): Promise<void>;
  /** Ends all its processes at once. */
  kill(): void;
}
