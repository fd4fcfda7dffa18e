/**
 * Bottleneck adapters: a small layer with a residual, put into a layer that stays as it is.
 *
 * @module
 */
import { add, scale } from "../autodiff/elementwise.ts";
import type { Tensor } from "../autodiff/primitive.ts";
import { linear } from "../autodiff/products.ts";
import { activate, type Activation } from "./activation.ts";
import { linearParameters, type ParameterSpec } from "./parameters.ts";

/** Deviation of an adapter's first weights (`init_weights: "bert"`): it does not start as identity. */
const initialStd = 0.02;

/** The modules of one bottleneck. */
function modules(name: string) {
  return { down: `${name}.adapter_down.0`, up: `${name}.adapter_up` };
}

/**
 * D [k, d] and U [d, k], each with a bias, below a module called `name`.
 *
 * @param width d
 * @param inner k
 */
export function bottleneckParameters(name: string, width: number, inner: number): ParameterSpec[] {
  const { down, up } = modules(name);
  return [
    ...linearParameters(initialStd, down, inner, width),
    ...linearParameters(initialStd, up, width, inner),
  ];
}

/** How a bottleneck computes. */
export interface BottleneckOptions {
  readonly activation: Activation;
  /** A factor of what the bottleneck adds. */
  readonly scaling: number;
  /** Dropout of what it adds. */
  readonly dropout: (x: Tensor) => Tensor;
}

/**
 * scaling · (U f(D x + b_D) + b_U) + residual (Pfeiffer et al. 2020, "MAD-X").
 *
 * @param parameter the parameter of that name
 * @param x [N, d]
 * @param residual [N, d]
 * @returns [N, d]
 */
export function bottleneck(
  parameter: (name: string) => Tensor,
  name: string,
  x: Tensor,
  residual: Tensor,
  { activation, scaling, dropout }: BottleneckOptions,
): Tensor {
  const { down, up } = modules(name);
  const through = (module: string, rows: Tensor) =>
    linear(rows, parameter(`${module}.weight`), parameter(`${module}.bias`), module);
  const added = through(up, activate(activation, through(down, x)));
  return add(dropout(scale(added, scaling)), residual);
}
