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
  /** What was minimised, nats: smoothed and by slices where asked for. */
  readonly loss: number;
  readonly learningRate: number;
  /** Global L2 norm before clipping. */
  readonly gradientNorm: number;
  /** How many things are asked in the step; the weights stay as they are where it is 0. */
  readonly asked: number;
  /** Pieces in the batches of the step, padding left out. */
  readonly pieces: number;
  /** Of the validation examples after this step, where they were scored; never smoothed nor sliced. */
  readonly dev: Score | null;
  /** Whether the weights were looked at after this step. */
  readonly isEvaluated: boolean;
}
