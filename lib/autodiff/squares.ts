/**
 * Dropout masks that a graph draws itself: the counter-based generator "Squares" in whole-number
 * operators that the cuda provider has.
 *
 * @module
 */
import { hashKey } from "../core/random.ts";
import type { Dim } from "../onnx/dtype.ts";
import { productOf } from "./dims.ts";
import type { LoweringContext } from "./lowering.ts";

/** A key from any parts: 64 mixed bits, of which the last is set. */
export function squaresKey(...parts: readonly (string | number)[]): bigint {
  const [high, low] = hashKey("squares", ...parts);
  return (BigInt(high) << 32n) | BigInt(low) | 1n;
}

/**
 * A mask, 1 with probability 1 − rate: element i of a step is kept where the bits of squares32
 * (Widynski 2020, §3), before their last shift, reach rate · 2⁶⁴ at counter step · 2³² + i. Depends
 * on (key, step, i) alone.
 *
 * @param key uint64 [1], of squaresKey
 * @param step int64 []
 * @param rate in whole 1/256
 * @returns bool, with `dims`
 */
export function squaresMask(
  context: LoweringContext,
  key: string,
  step: string,
  dims: readonly Dim[],
  rate: number,
): string {
  const { graph } = context;
  const mul = (a: string, b: string) => graph.node("Mul", [a, b]);
  const add = (a: string, b: string) => graph.node("Add", [a, b]);
  const uint64 = (value: bigint) => context.constant("uint64", [1], BigUint64Array.of(value));
  const half = uint64(1n << 32n);
  const swap = (x: string) => add(graph.node("Div", [x, half]), mul(x, half));

  const size = graph.node("Reshape", [context.count(productOf(dims)), context.int64s()]);
  const zero = context.constant("int64", [], BigInt64Array.of(0n));
  const one = context.constant("int64", [], BigInt64Array.of(1n));
  const index = context.once(
    `index ${productOf(dims)}`,
    () => context.cast(graph.node("Range", [zero, size, one]), "uint64"),
  );
  const counter = add(index, mul(context.cast(step, "uint64"), half));
  const y = mul(counter, key), z = add(y, key);
  let x = swap(add(mul(y, y), y));
  x = swap(add(mul(x, x), z));
  x = swap(add(mul(x, x), y));
  const bits = add(mul(x, x), z);
  const dropped = graph.node("Less", [bits, uint64(BigInt(rate * 256) << 56n)]);
  return graph.node("Reshape", [graph.node("Not", [dropped]), context.shape(dims)]);
}
