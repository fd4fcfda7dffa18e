/**
 * Invertible adapters: an additive coupling of the two parts of a vector, and its inverse.
 *
 * @module
 */
import { add, sub } from "../autodiff/elementwise.ts";
import type { Tensor } from "../autodiff/primitive.ts";
import { linear } from "../autodiff/products.ts";
import { concat, slice } from "../autodiff/shapes.ts";
import { activate, type Activation } from "./activation.ts";
import { linearParameters, type ParameterSpec } from "./parameters.ts";

/** Deviation of the first weights, as of other adapters. */
const initialStd = 0.02;

/** The two networks of a coupling. */
type Network = "F" | "G";

/**
 * Two networks below a module called `name`: F from the second part of a vector to the first, G back.
 * The first part has ⌊d/2⌋ entries; each network is ⌊its input's width / reduction⌋ wide inside.
 *
 * @param width d
 * @throws {Error} when a network would be without width
 */
export function couplingParameters(
  name: string,
  width: number,
  reduction: number,
): ParameterSpec[] {
  const first = Math.floor(width / 2), second = width - first;
  const network = (letter: Network, from: number, to: number) => {
    const inner = Math.floor(from / reduction);
    if (!(inner >= 1)) {
      throw new Error(
        `Cannot build the coupling "${name}" as its networks must have a width: got ${from} / ` +
          `${reduction}`,
      );
    }
    return [
      ...linearParameters(initialStd, `${name}.${letter}.0`, inner, from),
      ...linearParameters(initialStd, `${name}.${letter}.2`, to, inner),
    ];
  };
  return [...network("F", second, first), ...network("G", first, second)];
}

/** The coupling called `name`, as functions of rows. */
export interface Coupling {
  /**
   * y₁ = x₁ + F(x₂), y₂ = x₂ + G(y₁) (Dinh et al. 2015, "NICE", §3.2; Pfeiffer et al. 2020, "MAD-X").
   *
   * @param x [N, d], the parts x₁ and x₂ beside each other
   */
  forward(x: Tensor): Tensor;
  /** The inverse: x₂ = y₂ − G(y₁), x₁ = y₁ − F(x₂). */
  inverse(y: Tensor): Tensor;
}

/** Builds a coupling of the parameters that {@linkcode couplingParameters} lists. */
export function coupling(
  parameter: (name: string) => Tensor,
  name: string,
  activation: Activation,
): Coupling {
  const through = (network: Network, place: 0 | 2, rows: Tensor) => {
    const module = `${name}.${network}.${place}`;
    return linear(rows, parameter(`${module}.weight`), parameter(`${module}.bias`), module);
  };
  const apply = (network: Network, rows: Tensor) =>
    through(network, 2, activate(activation, through(network, 0, rows)));
  return {
    forward(x) {
      const [x1, x2] = halves(x);
      const y1 = add(x1, apply("F", x2));
      return concat([y1, add(x2, apply("G", y1))], 1);
    },
    inverse(y) {
      const [y1, y2] = halves(y);
      const x2 = sub(y2, apply("G", y1));
      return concat([sub(y1, apply("F", x2)), x2], 1);
    },
  };
}

/** The first ⌊d/2⌋ entries of each row, and the others. */
function halves(x: Tensor): [Tensor, Tensor] {
  const width = Number(x.dims[1]), middle = Math.floor(width / 2);
  return [slice(x, 1, 0, middle), slice(x, 1, middle, width)];
}
