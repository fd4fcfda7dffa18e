/**
 * Learning rates over the steps of a run.
 *
 * @module
 */

/**
 * The rate after the warm-up, by the name that a pipeline file uses, when `done` of `span` steps
 * are done.
 * - `linear`: to 0 in a straight line (Devlin et al. 2019, A.2).
 * - `cosine`: to 0 along half a cosine, without restarts (Loshchilov & Hutter 2017, eq. 5).
 * - `constant`: it stays.
 */
export const schedules = {
  linear: (peak: number, done: number, span: number) => peak * Math.max(0, span - done) / span,
  cosine: (peak: number, done: number, span: number) =>
    peak * Math.max(0, 0.5 * (1 + Math.cos(Math.PI * done / span))),
  constant: (peak: number) => peak,
};

/** One of {@linkcode schedules}. */
export type ScheduleName = keyof typeof schedules;

/** A linear warm-up from 0, then one of {@linkcode schedules}. */
export interface Schedule {
  readonly schedule: ScheduleName;
  /** The greatest learning rate. */
  readonly peak: number;
  /** Share of the steps in which the rate grows, 0 … 1. */
  readonly warmupShare: number;
  readonly totalSteps: number;
}

/**
 * The learning rate of a step, counted from 0. As transformers' `get_…_schedule_with_warmup`: the
 * first step's rate is 0 when there is a warm-up.
 */
export function learningRateAt(
  { schedule, peak, warmupShare, totalSteps }: Schedule,
  step: number,
): number {
  const warmup = Math.round(warmupShare * totalSteps);
  if (step < warmup) return peak * step / warmup;
  return schedules[schedule](peak, step - warmup, Math.max(1, totalSteps - warmup));
}
