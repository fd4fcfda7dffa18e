/**
 * A whole training step as symbolic tensors: gradients, clipping, AdamW and the loss scale.
 *
 * @module
 */
import { add, div, greater, maximum, mul, select, sqrt, sub } from "../autodiff/elementwise.ts";
import { gradients } from "../autodiff/gradients.ts";
import { input, scalar } from "../autodiff/leaves.ts";
import type { Precision } from "../autodiff/lowering.ts";
import type { Tensor } from "../autodiff/primitive.ts";
import { reduceSum } from "../autodiff/shapes.ts";
import { elementCount, type FloatTensor, floatTensor } from "../onnx/dtype.ts";
import type { ModelGraph } from "../models/model.ts";
import type { AdamWOptions, Trainable } from "./adamw.ts";

/** State of a step: what it reads, what it leaves, and where a training starts. */
export interface CarriedState {
  readonly before: Tensor;
  readonly after: Tensor;
  readonly initial: FloatTensor;
  /** Whether it is 0 between steps: a sum over the batches of one. */
  readonly isTransient?: true;
}

/** A training step in one graph, which takes it batch by batch. */
export interface GraphStep {
  readonly graph: ModelGraph;
  readonly carried: readonly CarriedState[];
  /** Parameters that do not learn, with their values. */
  readonly frozen: readonly { readonly tensor: Tensor; readonly initial: FloatTensor }[];
  /** Batches that a step may have. */
  readonly accumulate: number;
  /**
   * float32 [] of every batch: `learningRate` and, with several batches, the `share` of its weight
   * in that of the step, and `isLast`, 1 for the last of a step and 0 for others.
   */
  readonly scalars: readonly Tensor[];
  /**
   * float32 []: the batch's part of the `loss`, the `gradientNorm` of the step so far and, with
   * float16, the `scale` that the loss had.
   */
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** Micikevicius et al. 2018, §3.2: start high, halve at an overflow, double after many steps. */
const startingScale = 2 ** 16, stepsToDouble = 2000;
/** Greater than any gradient norm that training can use, smaller than infinity. */
const largestNorm = 3e38;

/**
 * One step of AdamW with decoupled decay (Loshchilov & Hutter 2019, Alg. 2) on all that learns,
 * with gradients clipped by their global norm (Pascanu et al. 2013, Alg. 1).
 *
 * Every new value depends on the clip factor, which waits for all gradients. So no parameter can be
 * overwritten before the backward pass has read it, wherever a runtime puts the new values.
 *
 * The bias corrections 1 − βᵗ are state, as b' = β b + (1 − β): that loses no digits in float32.
 * The gradients of several batches are summed up in state; the last batch of a step moves the rest.
 * With float16 the loss is multiplied by a scale; a step that overflows leaves everything but the
 * scale as it was. Master weights are float32 at every precision.
 *
 * @param parameters all of the model
 * @param initial their values, by name
 * @throws {Error} when a value is missing
 */
export function graphStep(
  graph: ModelGraph,
  parameters: readonly Trainable[],
  initial: ReadonlyMap<string, Float32Array>,
  { beta1, beta2, eps, weightDecay, clipNorm, precision, accumulate }: AdamWOptions & {
    readonly precision: Precision;
    readonly accumulate: number;
  },
): GraphStep {
  const learningRate = input("learningRate", "float32", []);
  const number = (name: string, value: number) => ({
    before: input(name, "float32", []),
    initial: floatTensor([], Float32Array.of(value)),
  });
  const share = input("share", "float32", []), isLast = input("isLast", "float32", []);
  const scales = precision === "float16", sums = accumulate > 1;
  const scale = number("lossScale", startingScale), good = number("goodSteps", 0);
  const correction1 = number("correction1", 0), correction2 = number("correction2", 0);

  const learns = ({ rateShare }: Trainable) => rateShare > 0;
  const learning = parameters.filter(learns);
  const weights = learning.map(({ name }) => graph.parameters.get(name)!);
  const loss = sums ? mul(graph.loss, share) : graph.loss;
  const parts = gradients(scales ? mul(loss, scale.before) : loss, weights);
  const summed = learning.map(({ name, shape }) => input(`summed.${name}`, "float32", shape));
  const raw = sums ? parts.map((part, i) => add(summed[i], part)) : parts;
  const length = sqrt(
    raw.map((gradient) => reduceSum(mul(gradient, gradient))).reduce((a, b) => add(a, b)),
  );
  const gradientNorm = scales ? div(length, scale.before) : length;
  const applies = greater(scalar(largestNorm), gradientNorm);
  const ends = greater(isLast, scalar(0.5));
  const atEnd = (after: Tensor, before: Tensor) => sums ? select(ends, after, before) : after;
  const kept = (after: Tensor, before: Tensor) =>
    atEnd(scales ? select(applies, after, before) : after, before);

  // min(1, clipNorm / (norm + 1e-6)), as torch.nn.utils.clip_grad_norm_
  const excess = mul(add(gradientNorm, scalar(1e-6)), scalar(1 / (clipNorm || largestNorm)));
  const clip = div(scalar(1), maximum(excess, scalar(1)));
  const factor = scales ? div(clip, scale.before) : clip;
  const average = (before: Tensor, value: Tensor, beta: number) =>
    add(mul(before, scalar(beta)), mul(value, scalar(1 - beta)));
  const bias1 = average(correction1.before, scalar(1), beta1);
  const bias2 = average(correction2.before, scalar(1), beta2);

  const carried: CarriedState[] = learning.flatMap((parameter, i) => {
    const { name, shape } = parameter;
    const weight = weights[i], gradient = mul(raw[i], factor);
    const [moment1, moment2] = [1, 2].map((k) => input(`moment${k}.${name}`, "float32", shape));
    const first = average(moment1, gradient, beta1);
    const second = average(moment2, mul(gradient, gradient), beta2);
    const rate = mul(learningRate, scalar(parameter.rateShare));
    // w' = w − rate λ w − rate m̂ / (√v̂ + ε)
    const change = div(
      mul(first, div(rate, bias1)),
      add(div(sqrt(second), sqrt(bias2)), scalar(eps)),
    );
    const decayed = parameter.decay && weightDecay > 0
      ? mul(weight, sub(scalar(1), mul(rate, scalar(weightDecay))))
      : weight;
    const zeros = () => floatTensor(shape, new Float32Array(elementCount(shape)));
    return [
      {
        before: weight,
        after: kept(sub(decayed, change), weight),
        initial: valueOf(parameter, initial),
      },
      { before: moment1, after: kept(first, moment1), initial: zeros() },
      { before: moment2, after: kept(second, moment2), initial: zeros() },
      ...(sums
        ? [{
          before: summed[i],
          after: select(ends, scalar(0), raw[i]),
          initial: zeros(),
          isTransient: true as const,
        }]
        : []),
    ];
  });
  carried.push(
    { ...correction1, after: kept(bias1, correction1.before) },
    { ...correction2, after: kept(bias2, correction2.before) },
  );
  if (scales) {
    const count = add(good.before, scalar(1));
    const isDue = greater(count, scalar(stepsToDouble - 0.5));
    const grown = select(isDue, mul(scale.before, scalar(2)), scale.before);
    carried.push(
      {
        ...scale,
        after: atEnd(select(applies, grown, mul(scale.before, scalar(0.5))), scale.before),
      },
      {
        ...good,
        after: atEnd(select(applies, select(isDue, scalar(0), count), scalar(0)), good.before),
      },
    );
  }
  return {
    graph,
    carried,
    frozen: parameters.filter((parameter) => !learns(parameter)).map((parameter) => ({
      tensor: graph.parameters.get(parameter.name)!,
      initial: valueOf(parameter, initial),
    })),
    accumulate,
    scalars: [learningRate, ...(sums ? [share, isLast] : [])],
    outputs: { loss, gradientNorm, ...(scales ? { scale: scale.before } : {}) },
  };
}

function valueOf(
  { name, shape }: Trainable,
  initial: ReadonlyMap<string, Float32Array>,
): FloatTensor {
  const value = initial.get(name), size = elementCount(shape);
  if (value?.length === size) return floatTensor(shape, value.slice());
  throw new Error(
    `Cannot train "${name}" of shape [${shape}]: got ${value?.length ?? "no"} values`,
  );
}
