/**
 * The non-linearities that published layers name in their configs.
 *
 * @module
 */
import { add, gelu, maximum, mul, relu, scale, sigmoid, tanh } from "../autodiff/elementwise.ts";
import { scalar } from "../autodiff/leaves.ts";
import type { Tensor } from "../autodiff/primitive.ts";

/** By the names that transformers and adapters have for them. */
const functions = {
  relu: (x: Tensor) => relu(x),
  /** x · Φ(x), exact (Hendrycks & Gimpel 2016). */
  gelu: (x: Tensor) => gelu(x),
  /** ½x (1 + tanh(√(2/π) (x + 0.044715 x³))), as of GPT-2. */
  gelu_new: (x: Tensor) => {
    const cubed = mul(mul(x, x), x);
    const inner = scale(add(x, scale(cubed, 0.044715)), Math.sqrt(2 / Math.PI));
    return mul(scale(x, 0.5), add(tanh(inner), scalar(1)));
  },
  /** x · σ(x) (Ramachandran et al. 2017). */
  swish: (x: Tensor) => mul(x, sigmoid(x)),
  silu: (x: Tensor) => mul(x, sigmoid(x)),
  tanh: (x: Tensor) => tanh(x),
  sigmoid: (x: Tensor) => sigmoid(x),
  leakyrelu: (x: Tensor) => maximum(x, scale(x, 0.01)),
} as const;

/** The name of a non-linearity. */
export type Activation = keyof typeof functions;

/** All of them. */
export const activations = Object.keys(functions) as [Activation, ...Activation[]];

/** f(x), elementwise. */
export function activate(name: Activation, x: Tensor): Tensor {
  return functions[name](x);
}
