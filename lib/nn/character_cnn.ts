/**
 * A convolution over the characters of words, with the greatest value of each filter (Ma & Hovy 2016,
 * §2.1).
 *
 * @module
 */
import { add, greater, maximum, mul, select, tanh } from "../autodiff/elementwise.ts";
import { fill, scalar } from "../autodiff/leaves.ts";
import type { Tensor } from "../autodiff/primitive.ts";
import { gemm } from "../autodiff/products.ts";
import { gatherRows } from "../autodiff/rows.ts";
import { scan } from "../autodiff/scan.ts";
import { reshape, slice, transpose } from "../autodiff/shapes.ts";
import { productOf } from "../autodiff/dims.ts";
import { type ParameterSpec, uniformParameter } from "./parameters.ts";

/** Characters that a filter sees: one, with its neighbours. */
const window = 3;

/** Below any value of a filter. */
const least = -1e30;

const namesOf = (name: string) => ({ weight: `${name}.weight`, bias: `${name}.bias` });

/**
 * Filters [F, D, 3] and a bias [F], as torch.nn.Conv1d has them: uniform in ±1/√(3 D).
 *
 * @param width D of a character's vector
 */
export function cnnParameters(name: string, width: number, filters: number): ParameterSpec[] {
  const bound = 1 / Math.sqrt(window * width);
  const { weight, bias } = namesOf(name);
  return [
    uniformParameter(weight, [filters, width, window], bound),
    uniformParameter(bias, [filters], bound),
  ];
}

/**
 * Words as vectors, with x zero before a word's first character and after its last one:
 *
 *     w = tanh(maxₜ (W₀ xₜ₋₁ + W₁ xₜ + W₂ xₜ₊₁) + b)
 *
 * Rows hold words one after another, as in `lstm.ts`. One scan finds the greatest values: a filter's
 * value is complete when the next character of the word has come, or at its last one.
 *
 * @param parameter the parameter of that name
 * @param x [T·B, D] in sequence-first order
 * @param continues 0 at the first character of each word, 1 elsewhere: float32 [T, B, 1]
 * @param lastAt int64 [W]: the row of each word's last character
 * @returns [W, F]
 */
export function characterCnn(
  parameter: (name: string) => Tensor,
  name: string,
  x: Tensor,
  continues: Tensor,
  lastAt: Tensor,
): Tensor {
  const names = namesOf(name);
  const weight = parameter(names.weight);
  const [F, D] = weight.dims as number[];
  const [T, B] = continues.dims;
  // [F, D, 3] → [3 F, D]
  const filters = reshape(transpose(weight, [2, 0, 1]), [window * F, D]);
  const products = reshape(gemm(x, filters, { transB: true }), [T, B, window * F]);
  const part = (y: Tensor, i: number) => slice(y, 1, i * F, (i + 1) * F);
  const zeros = fill(0, [B, F]);
  const { given: [best] } = scan(
    [zeros, zeros, zeros],
    [products, continues],
    ([before, waiting, most], [y, k]) => {
      const complete = add(waiting, part(y, 2));
      const nextMost = select(
        greater(k, scalar(0.5)),
        maximum(most, complete),
        fill(least, [B, F]),
      );
      const nextWaiting = add(mul(before, k), part(y, 1));
      return {
        next: [part(y, 0), nextWaiting, nextMost],
        given: [maximum(nextMost, nextWaiting)],
      };
    },
    { name: "cnn" },
  );
  const ofWords = gatherRows(reshape(best, [productOf([T, B]), F]), lastAt);
  return tanh(add(ofWords, parameter(names.bias)));
}
