/**
 * Low-rank changes of a weight that stays as it is.
 *
 * @module
 */
import { add } from "../autodiff/elementwise.ts";
import type { Tensor } from "../autodiff/primitive.ts";
import { gemm } from "../autodiff/products.ts";
import type { ParameterSpec } from "./parameters.ts";

/** The two factors of a change of the weight of a module called `name`. */
export function loraNames(name: string) {
  return { a: `${name}.lora_A.weight`, b: `${name}.lora_B.weight` };
}

/** Whether a parameter's name is that of such a factor. */
export function isLoraName(name: string): boolean {
  return /\.lora_[AB]\.weight$/.test(name);
}

/**
 * A [r, in] and B [out, r] for a weight [out, in].
 *
 * NOTE: A starts with normal numbers of the variance that Kaiming's uniform ones have in PEFT,
 * 1 / (3 · in). B starts as zeros, so that nothing is changed.
 */
export function loraParameters(
  name: string,
  to: number,
  from: number,
  rank: number,
): ParameterSpec[] {
  const { a, b } = loraNames(name);
  const std = 1 / Math.sqrt(3 * from);
  return [
    { name: a, shape: [rank, from], init: { kind: "normal", std }, decay: true },
    { name: b, shape: [to, rank], init: { kind: "zeros" }, decay: true },
  ];
}

/**
 * W + factor · B A (Hu et al. 2022, eq. 3).
 *
 * @param weight W [out, in]
 * @param a A [r, in]
 * @param b B [out, r]
 */
export function changedWeight(weight: Tensor, a: Tensor, b: Tensor, factor: number): Tensor {
  return add(weight, gemm(b, a, { alpha: factor }));
}
