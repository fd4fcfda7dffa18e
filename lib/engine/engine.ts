/**
 * What a trainer asks of the engine that computes its steps, wherever it runs.
 *
 * @module
 */
import type { Batch } from "../models/model.ts";
import type { FloatTensor } from "../onnx/dtype.ts";

/** A step to be made. */
export interface PlannedStep {
  /** All that is asked in them counts equally. */
  readonly batches: readonly Batch[];
  readonly learningRate: number;
}

/** What a step came to. */
export interface StepOutcome {
  /** Mean over all that is asked, nats. */
  readonly loss: number;
  /** Global L2 norm of the gradients before clipping; 0 for a step that was skipped. */
  readonly gradientNorm: number;
  /**
   * Whether weights, moments and their corrections stayed as they were: as half precision overflowed
   * on a device, or as nothing is asked in the step.
   */
  readonly skipped: boolean;
}

/**
 * What a step comes to in which nothing is asked.
 *
 * NOTE: its loss is a mean over nothing. PyTorch has NaN there, and lets it run into all weights;
 * a zero gradient would let moments and decay move them. Here there was no such step for the
 * optimizer; for the learning rate's schedule and the dropout masks, there was.
 */
export const weightlessStep: StepOutcome = { loss: 0, gradientNorm: 0, skipped: true };

/** Weights and moments, and the steps that move them. */
export interface TrainingEngine {
  /** How many steps are worth a call, so that the state can stay on a device between them. */
  readonly stepsPerCall: number;
  /** `training_model.onnx`. */
  readonly trainingModel: Uint8Array;
  /** The weights by name, on the host: as they are after the last {@linkcode settle}. */
  readonly weights: ReadonlyMap<string, FloatTensor>;
  /**
   * All that steps change, on the host: weights, moments and what else the engine goes on from, as
   * they are after the last {@linkcode sync}.
   */
  readonly state: ReadonlyMap<string, FloatTensor>;
  /**
   * Goes on after some steps, once {@linkcode state} holds what it held then.
   *
   * @param learningRates of these steps, but for those in which nothing is asked
   */
  resume(learningRates: readonly number[]): void;
  /**
   * Makes some steps. It ends early after one whose loss or gradient norm is not finite, and leaves
   * the weights as they were before it or unusable.
   *
   * @param first the number of the first step, from 0: it names the dropout masks
   */
  run(steps: readonly PlannedStep[], first: number): Promise<StepOutcome[]>;
  /** Brings `state` up to date. It has no influence on the steps to come. */
  sync(): Promise<void>;
  /** Brings `weights` up to date, also those that wait for their next reading. */
  settle(): Promise<void>;
  /** Frees what the engine holds. */
  release(): Promise<void>;
}

/** The outcomes up to the first that cannot be gone on from. */
export function untilDivergence(outcomes: readonly StepOutcome[]): StepOutcome[] {
  const last = outcomes.findIndex(({ loss, gradientNorm }) =>
    !Number.isFinite(loss) || !Number.isFinite(gradientNorm)
  );
  return outcomes.slice(0, last < 0 ? outcomes.length : last + 1);
}

/**
 * Where a call that starts at a step ends: after as many steps as the engine likes, but no later
 * than the epoch, nor than a step after which the weights are looked at.
 */
export function callEnd(
  first: number,
  { stepsPerCall, epochEnd, isScored }: {
    readonly stepsPerCall: number;
    readonly epochEnd: number;
    readonly isScored: (step: number) => boolean;
  },
): number {
  const last = Math.min(first + stepsPerCall, epochEnd) - 1;
  for (let step = first; step < last; step++) if (isScored(step)) return step + 1;
  return last + 1;
}
