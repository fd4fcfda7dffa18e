/**
 * The parameters of a model: their names and shapes, and how they start.
 *
 * @module
 */
import { CounterRandom } from "../core/random.ts";

/** How a parameter starts. */
export type Initialisation =
  | { readonly kind: "zeros" }
  | { readonly kind: "ones" }
  /** Independent normal numbers; one row (that of padding) may be zero. */
  | { readonly kind: "normal"; readonly std: number; readonly zeroRow?: number }
  /** Independent numbers, evenly spread over −bound … bound. */
  | { readonly kind: "uniform"; readonly bound: number }
  /** Row t: sin and cos of t / 10000^(2i/D) in turn (Vaswani et al. 2017, §3.5). */
  | { readonly kind: "sinusoids" };

/** One float32 tensor of a model. */
export interface ParameterSpec {
  /** As in the state dict of the model's class in transformers. */
  readonly name: string;
  /** Weights of linear layers are [out, in]. */
  readonly shape: readonly number[];
  readonly init: Initialisation;
  /** Whether weight decay applies: not to biases and LayerNorm. */
  readonly decay: boolean;
  /** Whether the parameter stays as it starts; it has no gradient then. */
  readonly frozen?: true;
}

/**
 * Weight [to, from] and bias [to] of a linear layer.
 *
 * @param std of the weight's normal numbers
 */
export function linearParameters(
  std: number,
  name: string,
  to: number,
  from: number,
): ParameterSpec[] {
  return [
    { name: `${name}.weight`, shape: [to, from], init: { kind: "normal", std }, decay: true },
    biasParameter(`${name}.bias`, to),
  ];
}

/** A bias [width]. */
export function biasParameter(name: string, width: number): ParameterSpec {
  return { name, shape: [width], init: { kind: "zeros" }, decay: false };
}

/** Numbers that start uniform in ±bound: a weight, or a bias, which has one axis. */
export function uniformParameter(
  name: string,
  shape: readonly number[],
  bound: number,
): ParameterSpec {
  return { name, shape, init: { kind: "uniform", bound }, decay: shape.length > 1 };
}

/** Gain and bias [D] of a LayerNorm. */
export function normParameters(name: string, width: number): ParameterSpec[] {
  return [
    { name: `${name}.weight`, shape: [width], init: { kind: "ones" }, decay: false },
    biasParameter(`${name}.bias`, width),
  ];
}

/**
 * Values for every parameter, in row-major order. Each number depends on the seed, the parameter's
 * name and its index alone.
 */
export function initialise(
  specs: readonly ParameterSpec[],
  seed: number,
): Map<string, Float32Array<ArrayBuffer>> {
  return new Map(specs.map((spec) => [spec.name, initialValues(spec, seed)]));
}

function initialValues({ name, shape, init }: ParameterSpec, seed: number) {
  const width = shape[shape.length - 1];
  const values = new Float32Array(shape.reduce((size, dim) => size * dim, 1));
  switch (init.kind) {
    case "zeros":
      return values;
    case "ones":
      return values.fill(1);
    case "normal": {
      const random = new CounterRandom("initialise", seed, name);
      for (let i = 0; i < values.length; i++) values[i] = init.std * random.normal();
      if (init.zeroRow !== undefined) {
        values.fill(0, init.zeroRow * width, (init.zeroRow + 1) * width);
      }
      return values;
    }
    case "uniform": {
      const random = new CounterRandom("initialise", seed, name);
      return values.map(() => init.bound * (2 * random.uniform() - 1));
    }
    case "sinusoids":
      return values.map((_, i) => {
        const column = i % width, row = (i - column) / width;
        const angle = row / 10000 ** (2 * Math.floor(column / 2) / width);
        return column % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
      });
  }
}
