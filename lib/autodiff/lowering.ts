/**
 * Turns the tensors that some outputs need into an ONNX graph, by one provider's lowering table.
 *
 * @module
 */
import type { Dim, DType, TypedArray } from "../onnx/dtype.ts";
import { GraphBuilder, int } from "../onnx/graph.ts";
import { buildError } from "./build_error.ts";
import { factorsOf } from "./dims.ts";
import type { Op, Primitive, Tensor } from "./primitive.ts";

/** Emits the nodes of one primitive and returns the name of its value. */
export type Lowering<K extends Op> = (
  primitive: Primitive<K>,
  output: Tensor,
  context: LoweringContext,
) => string;

/** One provider's lowering of every primitive: a forgotten one is a type error. */
export type LoweringTable = { readonly [K in Op]: Lowering<K> };

/** What lowerings share: the graph and the values it has so far. */
export class LoweringContext {
  readonly graph: GraphBuilder;
  readonly #table: LoweringTable;
  readonly #values = new Map<Tensor, string>();
  readonly #memo = new Map<string, string>();

  constructor(name: string, table: LoweringTable, inputs: readonly Tensor[]) {
    this.graph = new GraphBuilder(name);
    this.#table = table;
    for (const tensor of inputs) {
      if (tensor.primitive.op !== "input") {
        throw buildError("graph", name, "its inputs must be inputs", [tensor.primitive.op]);
      }
      this.#values.set(tensor, this.graph.input(tensor.name, tensor.dtype, tensor.dims));
    }
  }

  /** The value of a tensor, lowered now unless it has been before. */
  value(tensor: Tensor): string {
    const known = this.#values.get(tensor);
    if (known !== undefined) return known;
    const value = this.#lower(tensor.primitive, tensor);
    this.#values.set(tensor, value);
    return value;
  }

  /** The value under a key, made now unless it has been before. */
  once(key: string, make: () => string): string {
    const known = this.#memo.get(key);
    if (known !== undefined) return known;
    const value = make();
    this.#memo.set(key, value);
    return value;
  }

  /** A stored constant; equal ones are stored once. */
  constant(dtype: DType, dims: readonly number[], data: TypedArray): string {
    const key = `constant ${dtype} ${dims.join()}: ${data.join()}`;
    return this.once(key, () => this.graph.initializer(`${dtype}.constant`, dtype, dims, data));
  }

  /** A float32 constant without axes. */
  scalar(value: number): string {
    return this.constant("float32", [], Float32Array.of(value));
  }

  /** An int64 constant with one axis. */
  int64s(...values: number[]): string {
    return this.constant("int64", [values.length], BigInt64Array.from(values, BigInt));
  }

  /** Dims as an int64 tensor [rank], computed from the graph's inputs where they are symbolic. */
  shape(dims: readonly Dim[]): string {
    if (dims.every((dim) => typeof dim === "number")) return this.int64s(...dims);
    return this.once(`shape ${dims.join()}`, () => {
      const sizes = dims.map((dim) => this.size(dim));
      if (sizes.length === 1) return sizes[0];
      return this.graph.node("Concat", sizes, { attributes: { axis: int(0) }, name: "shape" });
    });
  }

  /** One size as an int64 tensor [1]. */
  size(dim: Dim): string {
    const { factor, symbols } = factorsOf(dim);
    return this.once(`size ${dim}`, () => {
      const sizes = symbols.map((symbol) => this.#symbol(symbol));
      if (factor !== 1 || sizes.length === 0) sizes.push(this.int64s(factor));
      return sizes.reduce((a, b) => this.graph.node("Mul", [a, b], { name: `size.${dim}` }));
    });
  }

  #symbol(symbol: string): string {
    return this.once(`symbol ${symbol}`, () => {
      for (const { name, dims } of this.graph.inputs) {
        const axis = dims.indexOf(symbol);
        if (axis < 0) continue;
        const attributes = { start: int(axis), end: int(axis + 1) };
        return this.graph.node("Shape", [name], { attributes, name: `size.${symbol}` });
      }
      throw new Error(`Cannot find the size of "${symbol}" as an input must have it: got none`);
    });
  }

  #lower<K extends Op>(primitive: Primitive<K>, output: Tensor): string {
    return this.#table[primitive.op](primitive, output, this);
  }
}

/**
 * A model that computes `outputs`, by name, from `inputs`.
 *
 * @throws {Error} when an output needs an input that is not listed
 */
export function lower(
  name: string,
  table: LoweringTable,
  inputs: readonly Tensor[],
  outputs: Readonly<Record<string, Tensor>>,
): Uint8Array<ArrayBuffer> {
  const context = new LoweringContext(name, table, inputs);
  for (const [output, tensor] of Object.entries(outputs)) {
    context.graph.output(output, context.value(tensor), tensor.dtype, tensor.dims);
  }
  return context.graph.encode();
}
