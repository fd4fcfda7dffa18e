/**
 * What the engines share that run a whole step, optimizer included, in one graph.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";
import type { HostTensor } from "../onnx/dtype.ts";
import type { Provider } from "../onnx/provider.ts";
import type { Batch } from "../text/batching.ts";
import { type PlannedStep, type StepOutcome, untilDivergence } from "./engine.ts";
import type { GraphStep } from "./graph_step.ts";
import type { NamedTensor } from "./safetensors.ts";
import { forwardFeeds } from "./tagger.ts";

/** The state of a graph's step on the host. */
export class HostState {
  /** All parameters, by name. */
  readonly weights: ReadonlyMap<string, NamedTensor>;
  /** What a step carries, and the frozen parameters. */
  readonly state: ReadonlyMap<string, NamedTensor>;

  constructor({ carried, frozen, graphs }: GraphStep) {
    const values = [
      ...carried.map(({ before, initial }) => [before.name, initial] as const),
      ...frozen.map(({ tensor, initial }) => [tensor.name, initial] as const),
    ];
    this.state = new Map(values);
    this.weights = new Map(
      graphs.parameters.map(({ name }) => [name, this.state.get(name)!]),
    );
  }

  /** A tensor of the state as a feed. */
  feed(name: string): HostTensor {
    const { shape, data } = this.state.get(name)!;
    return { dtype: "float32", dims: shape, data };
  }
}

/** What a step reads of its batch, beside masks. */
export function stepFeeds({ learningRate }: PlannedStep, batch: Batch): Record<string, HostTensor> {
  return {
    ...forwardFeeds(batch),
    labels: { dtype: "int64", dims: [batch.labels.length], data: batch.labels },
    learningRate: { dtype: "float32", dims: [], data: Float32Array.of(learningRate) },
  };
}

/**
 * The batch of a step.
 *
 * @throws {UserError} when there are several: a graph that holds the optimizer takes one
 */
export function onlyBatch({ batches }: PlannedStep, provider: Provider): Batch {
  requireOneBatch(batches.length, provider);
  return batches[0];
}

/** @throws {UserError} when a step is to be made of several batches */
export function requireOneBatch(accumulate: number, provider: Provider): void {
  if (accumulate === 1) return;
  throw new UserError({
    message: `Cannot accumulate ${accumulate} batches on ${provider}`,
    hint: "set accumulate to 1 and multiply batchSize instead",
  });
}

/**
 * Runs steps, but for those without a labelled piece, which have no loss: they are skipped.
 *
 * @param run makes some steps in a row; the number of the first names the dropout masks
 */
export async function runLabelled(
  steps: readonly PlannedStep[],
  first: number,
  run: (steps: readonly PlannedStep[], first: number) => Promise<StepOutcome[]>,
): Promise<StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  for (let at = 0; at < steps.length;) {
    const next = steps.findIndex((step, i) => i >= at && !hasLabel(step));
    const end = next < 0 ? steps.length : next;
    if (end > at) outcomes.push(...await run(steps.slice(at, end), first + at));
    if (next >= 0) outcomes.push({ loss: 0, gradientNorm: 0, skipped: true });
    at = end + 1;
  }
  return untilDivergence(outcomes);
}

function hasLabel({ batches }: PlannedStep): boolean {
  return batches.some(({ labels }) => labels.length > 0);
}

/** Reads what a step says of itself. */
export function outcomeOf(loss: number, norm: number, scale: number | undefined): StepOutcome {
  // A scale below 1 means that no scale would do.
  const skipped = scale !== undefined && scale >= 1 && Number.isFinite(loss) &&
    !Number.isFinite(norm);
  return { loss, gradientNorm: skipped ? 0 : norm, skipped };
}
