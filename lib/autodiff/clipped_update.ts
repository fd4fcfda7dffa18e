/**
 * Appends a parameter update to a training graph, so that parameters may be updated in place.
 *
 * @module
 */
import { add, div, maximum, mul, sqrt, sub } from "./elementwise.ts";
import { scalar } from "./leaves.ts";
import type { Tensor } from "./primitive.ts";
import { reduceSum } from "./shapes.ts";

/** What one update reads. */
export interface UpdateInputs {
  readonly parameters: readonly Tensor[];
  /** The gradient of each parameter, with its dims. */
  readonly gradients: readonly Tensor[];
  /** float32 []. */
  readonly learningRate: Tensor;
  /** The global norm to which gradients are clipped. */
  readonly maxNorm: number;
}

/** New parameters, and the global norm of the gradients before clipping, float32 []. */
export interface Update {
  readonly updated: readonly Tensor[];
  readonly norm: Tensor;
}

/**
 * One step of SGD with clipping by the global norm (Pascanu et al. 2013, Alg. 1):
 * W' = W − η · maxNorm / max(‖g‖, maxNorm) · g.
 *
 * The outputs may be bound to the buffers of the parameters. A runtime may write an output as soon
 * as its own inputs are there, so W' = W − η g could overwrite W before the backward pass has read
 * it for dX = dY W. Here every W' waits for the norm, which waits for all gradients, and the last
 * gradient waits for the last product that reads a parameter. No other output may read them.
 */
export function appendUpdate(
  { parameters, gradients, learningRate, maxNorm }: UpdateInputs,
): Update {
  const norm = sqrt(
    gradients.map((gradient) => reduceSum(mul(gradient, gradient))).reduce((a, b) => add(a, b)),
  );
  const step = mul(learningRate, div(scalar(maxNorm), maximum(norm, scalar(maxNorm))));
  const updated = parameters.map((parameter, i) => sub(parameter, mul(step, gradients[i])));
  return { updated, norm };
}
