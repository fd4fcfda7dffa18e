/**
 * What the engines share that run a whole step, optimizer included, in one graph.
 *
 * @module
 */
import type { FloatTensor, HostTensor } from "../onnx/dtype.ts";
import type { Batch } from "../models/model.ts";
import { type PlannedStep, type StepOutcome, untilDivergence, weightlessStep } from "./engine.ts";
import type { GraphStep } from "./graph_step.ts";

/** The state of a graph's step on the host. */
export class HostState {
  /** All parameters, by name. */
  readonly weights: ReadonlyMap<string, FloatTensor>;
  /** What a step leaves to the next, and the frozen parameters. */
  readonly state: ReadonlyMap<string, FloatTensor>;
  /** What the graph reads: the state, and sums that are 0 between steps. */
  readonly feeds: Readonly<Record<string, HostTensor>>;

  constructor({ carried, frozen, graph }: GraphStep) {
    const fixed = frozen.map(({ tensor, initial }) => [tensor.name, initial] as const);
    const named = (states: GraphStep["carried"]) =>
      states.map(({ before, initial }) => [before.name, initial] as const);
    this.state = new Map([
      ...named(carried.filter(({ isTransient }) => !isTransient)),
      ...fixed,
    ]);
    this.feeds = Object.fromEntries([...named(carried), ...fixed]);
    this.weights = new Map(graph.specs.map(({ name }) => [name, this.state.get(name)!]));
  }
}

/** One batch of a step as a graph takes it. */
export interface StepBatch {
  readonly batch: Batch;
  /** Names its dropout masks. */
  readonly draw: number;
  /** All that differs from batch to batch, but for masks. */
  readonly feeds: Readonly<Record<string, HostTensor>>;
}

/** What a graph says of a batch. */
export interface BatchResult {
  readonly loss: number;
  readonly gradientNorm: number;
  /** That the loss had, in float16. */
  readonly scale?: number;
}

/**
 * Runs steps batch by batch. Batches in which nothing is asked have no loss and are left out; a step
 * of such alone is skipped.
 *
 * @param first the number of the first step
 * @param run makes batches in a row, of one step after the other
 */
export async function runBatches(
  steps: readonly PlannedStep[],
  first: number,
  accumulate: number,
  run: (batches: readonly StepBatch[]) => Promise<BatchResult[]>,
): Promise<StepOutcome[]> {
  const batches = steps.map((step, i) => batchesOf(step, first + i, accumulate));
  const count = batches.reduce((sum, { length }) => sum + length, 0);
  const results = count > 0 ? await run(batches.flat()) : [];
  let at = 0;
  return untilDivergence(batches.map(({ length }) => outcomeOf(results.slice(at, at += length))));
}

function batchesOf(
  { batches, learningRate }: PlannedStep,
  step: number,
  accumulate: number,
): StepBatch[] {
  const total = batches.reduce((sum, { weight }) => sum + weight, 0);
  const number = (value: number): HostTensor => ({
    dtype: "float32",
    dims: [],
    data: Float32Array.of(value),
  });
  const last = batches.findLastIndex(({ weight }) => weight > 0);
  return batches.flatMap((batch, i) => {
    if (batch.weight === 0) return [];
    const feeds: Record<string, HostTensor> = {
      ...batch.feeds,
      learningRate: number(learningRate),
    };
    if (accumulate > 1) {
      feeds.share = number(batch.weight / total);
      feeds.isLast = number(i === last ? 1 : 0);
    }
    return [{ batch, draw: step * accumulate + i, feeds }];
  });
}

/** Of the batches of one step. */
function outcomeOf(results: readonly BatchResult[]): StepOutcome {
  const end = results.at(-1);
  if (!end) return weightlessStep;
  const loss = results.reduce((sum, part) => sum + part.loss, 0);
  const { gradientNorm, scale } = end;
  // A scale below 1 means that no scale would do.
  const skipped = scale !== undefined && scale >= 1 && Number.isFinite(loss) &&
    !Number.isFinite(gradientNorm);
  return { loss, gradientNorm: skipped ? 0 : gradientNorm, skipped };
}
