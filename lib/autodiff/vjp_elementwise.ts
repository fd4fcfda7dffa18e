/**
 * The vjp rules of leaves and elementwise primitives. In the formulas ȳ is the cotangent of y.
 *
 * @module
 */
import {
  add,
  div,
  erf,
  exp,
  greater,
  masked,
  mul,
  neg,
  scale,
  select,
  sub,
} from "./elementwise.ts";
import { scalar } from "./leaves.ts";
import type { Op, Tensor } from "./primitive.ts";
import { unbroadcast, type VjpRules } from "./vjp_rule.ts";

/** Leaves have no inputs, so nothing flows back. */
export const leafRules = {
  input: () => [],
  constant: () => [],
  fill: () => [],
  size: () => [],
} as const satisfies Partial<VjpRules<Op>>;

/** Elementwise rules. */
export const elementwiseRules = {
  // ā = ȳ, b̄ = ȳ
  add: ({ inputs: [a, b] }, dy) => [unbroadcast(dy, a), unbroadcast(dy, b)],
  // ā = ȳ, b̄ = −ȳ
  sub: ({ inputs: [a, b] }, dy) => [unbroadcast(dy, a), neg(unbroadcast(dy, b))],
  // ā = ȳ b, b̄ = ȳ a
  mul: ({ inputs: [a, b] }, dy) => [unbroadcast(mul(dy, b), a), unbroadcast(mul(dy, a), b)],
  // ā = ȳ / b, b̄ = −ȳ y / b
  div: ({ inputs: [a, b] }, dy, y) => {
    const da = div(dy, b);
    return [unbroadcast(da, a), neg(unbroadcast(mul(da, y), b))];
  },
  // ā = ȳ [a > b], b̄ = ȳ [a ≤ b]
  maximum: ({ inputs: [a, b] }, dy) => {
    const first = greater(a, b);
    return [
      unbroadcast(select(first, dy, scalar(0)), a),
      unbroadcast(select(first, scalar(0), dy), b),
    ];
  },
  greater: () => [null, null],
  // x̄ = −ȳ
  neg: (_, dy) => [neg(dy)],
  // x̄ = ȳ y
  exp: (_, dy, y) => [mul(dy, y)],
  // x̄ = ȳ / x
  log: ({ inputs: [x] }, dy) => [div(dy, x)],
  // x̄ = ȳ / 2y
  sqrt: (_, dy, y) => [div(scale(dy, 0.5), y)],
  // x̄ = ȳ (1 − y²)
  tanh: (_, dy, y) => [mul(dy, sub(scalar(1), mul(y, y)))],
  // x̄ = ȳ 2/√π e^(−x²)
  erf: ({ inputs: [x] }, dy) => [mul(dy, scale(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI)))],
  // x̄ = ȳ y (1 − y)
  sigmoid: (_, dy, y) => [mul(dy, mul(y, sub(scalar(1), y)))],
  // x̄ = ȳ [y > 0]
  relu: (_, dy, y) => [select(greater(y, scalar(0)), dy, scalar(0))],
  // x̄ = ȳ (Φ(x) + x φ(x))
  gelu: ({ inputs: [x] }, dy) => [mul(dy, geluDerivative(x))],
  cast: () => [null],
  // ā = ȳ where the mask holds, b̄ = ȳ elsewhere
  select: ({ inputs: [mask, a, b] }, dy) => [
    null,
    unbroadcast(select(mask, dy, scalar(0)), a),
    unbroadcast(select(mask, scalar(0), dy), b),
  ],
  // x̄ = scale ȳ where the mask holds
  dropout: ({ inputs: [, mask], scale }, dy) => [masked(dy, mask, scale), null],
} as const satisfies Partial<VjpRules<Op>>;

/** Φ(x) + x φ(x) = ½ + ½ erf(x/√2) + x e^(−x²/2) / √2π, in eight passes over x. */
function geluDerivative(x: Tensor): Tensor {
  const h = scale(x, -0.5);
  const density = mul(h, exp(mul(h, x))); // −½ x e^(−x²/2)
  const cdf = add(scale(erf(scale(x, Math.SQRT1_2)), 0.5), scalar(0.5));
  return sub(cdf, scale(density, Math.sqrt(2 / Math.PI)));
}
