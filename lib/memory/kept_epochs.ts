/**
 * How many copies of all weights a training keeps.
 *
 * @module
 */
import type { TrainParams } from "../experiment/train_params.ts";

/** The epochs whose weights are kept, which in the end are in memory together. */
export function keptEpochs(
  { keepEpochs, epochs, evaluateEvery = 1, evaluateUnit }: TrainParams,
): number {
  if (!keepEpochs) return 0;
  return evaluateUnit === "epochs" ? Math.ceil(epochs / evaluateEvery) : epochs;
}
