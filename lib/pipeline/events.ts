/**
 * What happens in a run, told as values: the progress display, `--json` and the journal read them.
 *
 * @module
 */
import type { Progress } from "../plan/stage.ts";
import type { ExpectedMemory } from "./expected_memory.ts";
import type { Verdict } from "./verdict.ts";
import type { FailureClass } from "./work.ts";

/** How a run ended, in instances. */
export interface RunSummary {
  /** Instances that were run here. */
  readonly ran: number;
  readonly fresh: number;
  readonly failed: number;
  /** Ended from outside while they ran; the next run goes on from what they kept. */
  readonly stopped: number;
  /** Not started: a failure or an interruption came first. */
  readonly skipped: number;
  readonly seconds: number;
  readonly interrupted: boolean;
}

/** One event of a run. */
export type RunEvent =
  | {
    readonly event: "runStarted";
    readonly run: string;
    /** Of several files, their names joined by "+"; of profiles, the different ones. */
    readonly pipeline: string;
    readonly profile: string;
    /** How many instances of each stage are needed. */
    readonly stages: Readonly<Record<string, number>>;
    readonly jobs: number;
    /** Mean seconds of a stage's instances in earlier runs, where there were any. */
    readonly durations: Readonly<Record<string, number>>;
    /** What the stages that are to run take of the memory there is, where any of them is estimated. */
    readonly memory?: ExpectedMemory;
  }
  | {
    readonly event: "instanceFresh";
    readonly instance: string;
    readonly fingerprint: string;
    /** Another process ran it while this one waited. */
    readonly shared: boolean;
  }
  | {
    readonly event: "instanceStarted";
    readonly instance: string;
    readonly fingerprint: string;
    readonly verdicts: readonly Verdict[];
  }
  | { readonly event: "instanceProgress"; readonly instance: string; readonly progress: Progress }
  | { readonly event: "instancePlaced"; readonly instance: string; readonly place: string }
  | {
    readonly event: "instanceRetried";
    readonly instance: string;
    readonly fingerprint: string;
    readonly class: FailureClass;
    readonly message: string;
    /** Memory that the next attempt gets. */
    readonly memoryMib: number;
    readonly attemptFolder: string;
  }
  | {
    readonly event: "instanceDone";
    readonly instance: string;
    readonly fingerprint: string;
    readonly seconds: number;
  }
  | {
    readonly event: "instanceFailed";
    readonly instance: string;
    readonly fingerprint: string;
    readonly class: FailureClass;
    readonly message: string;
    readonly seconds: number;
    /** The attempt's folder, which is kept. */
    readonly attemptFolder: string;
    /** The last lines of its log. */
    readonly log: readonly string[];
  }
  | {
    readonly event: "instanceStopped";
    readonly instance: string;
    readonly fingerprint: string;
    readonly seconds: number;
  }
  | {
    readonly event: "instanceSkipped";
    readonly instance: string;
    /** The instance that failed before it, or none when the run stopped. */
    readonly because?: string;
  }
  | { readonly event: "runEnded"; readonly summary: RunSummary };

/** Receives events. */
export type EventSink = (event: RunEvent) => void;
