/**
 * Which weights a training gives back, and when it ends early, by the loss on validation sentences.
 *
 * @module
 */
import { type FloatTensor, floatTensor } from "../onnx/dtype.ts";
import type { StepRecord } from "./step_record.ts";

/**
 * Which weights a training gives back: the last, or those with the least loss on the validation
 * sentences of the source or of the target languages.
 */
export const selections = ["last", "sourceDev", "targetDev"] as const;

/** Choices about the outcome of a training. */
export interface SelectionOptions {
  readonly select: typeof selections[number];
  /**
   * Ends the training after this many evaluations in a row without a lower validation loss than
   * before (Prechelt 1998, UP); 0 for never.
   */
  readonly patience: number;
}

/** The evaluated step with the least validation loss, the first of equals. */
export function bestStep(history: readonly StepRecord[]): StepRecord | undefined {
  let best: StepRecord | undefined;
  for (const record of history) {
    if (record.dev && !(best?.dev && best.dev.loss <= record.dev.loss)) best = record;
  }
  return best;
}

/** Whether a training ends here, before its last step. */
export function endsEarly(history: readonly StepRecord[], patience: number): boolean {
  if (patience === 0 || !history.at(-1)?.dev) return false;
  const best = bestStep(history)!;
  return history.filter(({ step, dev }) => dev && step > best.step).length >= patience;
}

/** Keeps the weights of the best step, where they are asked for. */
export class BestWeights {
  readonly #weights: ReadonlyMap<string, FloatTensor>;
  /** Copies, as `best.<name>`; part of a checkpoint. Empty when the last weights are selected. */
  readonly state: ReadonlyMap<string, FloatTensor>;

  /** @param weights live views */
  constructor(weights: ReadonlyMap<string, FloatTensor>, select: SelectionOptions["select"]) {
    this.#weights = weights;
    this.state = new Map(
      select === "last" ? [] : [...weights].map(([name, { dims, data }]) => [
        `best.${name}`,
        floatTensor(dims, new Float32Array(data.length)),
      ]),
    );
  }

  /** To be called after each step. */
  keep(history: readonly StepRecord[]): void {
    if (this.state.size === 0 || !history.at(-1)?.dev || bestStep(history) !== history.at(-1)) {
      return;
    }
    for (const [name, { data }] of this.#weights) this.state.get(`best.${name}`)!.data.set(data);
  }

  /** The selected weights, as live views. */
  selected(): Map<string, FloatTensor> {
    return new Map(
      [...this.#weights].map(([name, tensor]) => [name, this.state.get(`best.${name}`) ?? tensor]),
    );
  }
}
