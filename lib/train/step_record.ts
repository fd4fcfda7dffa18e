/**
 * The course of a training, step by step.
 *
 * @module
 */

/** How well a model knows the validation words. */
export interface DevScore {
  /** Mean cross entropy, nats. */
  readonly loss: number;
  /** Share of words with the right label, 0 … 1. */
  readonly accuracy: number;
}

/** One step, as the history keeps it. */
export interface StepRecord {
  /** From 1. */
  readonly step: number;
  /** From 1. */
  readonly epoch: number;
  /** What was minimised, nats: the mean cross entropy, smoothed and by slices where asked for. */
  readonly loss: number;
  readonly learningRate: number;
  /** Global L2 norm before clipping. */
  readonly gradientNorm: number;
  /** Labelled pieces in the batches of the step; the weights stay as they are where it is 0. */
  readonly words: number;
  /** Pieces in the batches of the step, padding left out. */
  readonly pieces: number;
  /** Of the validation words after this step, where they were scored; never smoothed nor sliced. */
  readonly dev: DevScore | null;
}
