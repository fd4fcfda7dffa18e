/**
 * Arithmetic on sizes that may be symbols: "B", "T" and products such as "B*T" or "12*B".
 *
 * @module
 */
import type { Dim } from "../onnx/dtype.ts";

export type { Dim };

/** A size as a whole number times symbols, in order. */
export interface Factors {
  readonly factor: number;
  readonly symbols: readonly string[];
}

/** Takes a size apart: `12*B*T` → 12 and B, T. */
export function factorsOf(dim: Dim): Factors {
  if (typeof dim === "number") return { factor: dim, symbols: [] };
  let factor = 1;
  const symbols: string[] = [];
  for (const part of dim.split("*")) {
    if (/^\d+$/.test(part)) factor *= Number(part);
    else symbols.push(part);
  }
  return { factor, symbols: symbols.sort() };
}

/** The product of sizes, always spelt the same way: `["T", "B"]` → `B*T`; 1 for none. */
export function productOf(dims: readonly Dim[]): Dim {
  const parts = dims.map(factorsOf);
  const factor = parts.reduce((product, part) => product * part.factor, 1);
  const symbols = parts.flatMap((part) => part.symbols).sort();
  if (symbols.length === 0 || factor === 0) return factor;
  return (factor === 1 ? symbols : [factor, ...symbols]).join("*");
}

/**
 * The numbers that sizes are, once each symbol has its value.
 *
 * @throws {Error} when a symbol has none
 */
export function evaluateDims(
  dims: readonly Dim[],
  symbols: Readonly<Record<string, number>>,
): number[] {
  return dims.map((dim) => {
    const parts = factorsOf(dim);
    return parts.symbols.reduce((product, symbol) => {
      if (symbol in symbols) return product * symbols[symbol];
      throw new Error(
        `Cannot evaluate size "${dim}" as each symbol needs a value: got ${
          JSON.stringify(symbols)
        }`,
      );
    }, parts.factor);
  });
}

/** Whether two lists of sizes are the same for every value of the symbols. */
export function sameDims(a: readonly Dim[], b: readonly Dim[]): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

/** The dims of a broadcast (NumPy's rules, where a symbol fits only itself or 1), or undefined. */
export function broadcastDims(a: readonly Dim[], b: readonly Dim[]): readonly Dim[] | undefined {
  const rank = Math.max(a.length, b.length);
  const dims: Dim[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) return undefined;
    dims.push(left === 1 ? right : left);
  }
  return dims;
}
