/**
 * The course of a training, step by step.
 *
 * @module
 */

import type { Score } from "../predict/predictor.ts";

/** One step, as the history keeps it. */
export interface StepRecord {
  /** From 1. */
  readonly step: number;
  /** From 1. */
  readonly epoch: number;
  /** What was minimised, nats: with label smoothing and slices, where a training has them. */
  readonly loss: number;
  readonly learningRate: number;
  /** Global L2 norm before clipping. */
  readonly gradientNorm: number;
  /** How many things are asked in the step. Where it is 0, the weights stay as they are. */
  readonly asked: number;
  /** Pieces in the batches of the step, padding left out. */
  readonly pieces: number;
  /** Loss and accuracy on the validation examples, where scored; without smoothing and slices. */
  readonly dev: Score | null;
  /** Whether the weights were evaluated after this step. */
  readonly isEvaluated: boolean;
}
