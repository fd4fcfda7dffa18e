/**
 * Learning rates over the steps of a run.
 *
 * @module
 */

/** Linear warm-up, then linear decay to 0 (Devlin et al. 2019, A.2). */
export interface LinearSchedule {
  /** The greatest learning rate. */
  peak: number;
  /** Share of the steps in which the rate grows, 0 … 1. */
  warmupShare: number;
  totalSteps: number;
}

/**
 * The learning rate of a step, counted from 0. As transformers' `get_linear_schedule_with_warmup`:
 * the first step's rate is 0 when there is a warm-up.
 */
export function linearRate({ peak, warmupShare, totalSteps }: LinearSchedule, step: number) {
  const warmup = Math.round(warmupShare * totalSteps);
  if (step < warmup) return peak * step / Math.max(1, warmup);
  return peak * Math.max(0, totalSteps - step) / Math.max(1, totalSteps - warmup);
}
