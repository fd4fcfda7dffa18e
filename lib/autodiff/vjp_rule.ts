/**
 * What a vjp rule is, and how a cotangent is brought back from a broadcast.
 *
 * @module
 */
import type { Op, Primitive, Tensor } from "./primitive.ts";
import { reduceSum, reshape } from "./shapes.ts";

type OnePerInput<Inputs> = { readonly [I in keyof Inputs]: Tensor | null };

/** One cotangent per input of primitive K; null where nothing flows back. */
export type Cotangents<K extends Op> = OnePerInput<Primitive<K>["inputs"]>;

/** Given the cotangent of the output, the cotangents of the inputs. */
export type VjpRule<K extends Op> = (
  primitive: Primitive<K>,
  cotangent: Tensor,
  output: Tensor,
) => Cotangents<K>;

/** The rules of some primitives. */
export type VjpRules<K extends Op> = { readonly [P in K]: VjpRule<P> };

/** The cotangent of a tensor that was broadcast: summed over the axes along which it was spread. */
export function unbroadcast(cotangent: Tensor, primal: Tensor): Tensor {
  const leading = cotangent.dims.length - primal.dims.length;
  const axes: number[] = [];
  cotangent.dims.forEach((dim, axis) => {
    if (axis < leading || primal.dims[axis - leading] !== dim) axes.push(axis);
  });
  return reshape(reduceSum(cotangent, axes), primal.dims);
}
