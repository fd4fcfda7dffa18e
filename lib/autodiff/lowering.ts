/**
 * Turns the tensors that some outputs need into an ONNX graph, by one provider's lowering table.
 *
 * @module
 */
import type { Dim, DType, HostTensor, TypedArray, ValueInfo } from "../onnx/dtype.ts";
import { GraphBuilder, int } from "../onnx/graph.ts";
import { dataTypes } from "../onnx/model_proto.ts";
import { buildError } from "./build_error.ts";
import { evaluateDims, factorsOf } from "./dims.ts";
import type { Op, Primitive, Tensor } from "./primitive.ts";

/** Emits the nodes of one primitive and returns the name of its value. */
export type Lowering<K extends Op> = (
  primitive: Primitive<K>,
  output: Tensor,
  context: LoweringContext,
) => string;

/** One provider's lowering of every primitive: a forgotten one is a type error. */
export type LoweringTable = { readonly [K in Op]: Lowering<K> };

/**
 * How exact products are. With `float16` and `bfloat16` their operands are rounded, and all else
 * stays float32: weights, sums, normalisation, losses and the optimizer (Micikevicius et al. 2018).
 */
export type Precision = "float32" | "float16" | "bfloat16";

/** Choices about lowering. */
export interface LoweringOptions {
  /** `float32` when left out. */
  readonly precision?: Precision;
  /**
   * For a provider without int64 arithmetic: indices are int32, and sizes that are symbols are fed
   * as inputs of their own instead of being computed (see {@linkcode feedsFor}).
   */
  readonly withoutInt64?: boolean;
}

/** What Cast can make. */
const castTargets = { ...dataTypes, float16: 10, bfloat16: 16 };

const fedShape = "shape ", fedSize = "size ";

/** The part of a graph that is lowered apart from what is around it. */
interface Inside {
  readonly around: LoweringContext;
  /** What it computes itself; all else is computed around it. */
  readonly computed: ReadonlySet<Tensor>;
}

/** What lowerings share: the graph and the values it has so far. */
export class LoweringContext {
  readonly graph: GraphBuilder;
  readonly precision: Precision;
  readonly #table: LoweringTable;
  readonly #options: LoweringOptions;
  readonly #inside: Inside | undefined;
  readonly #values = new Map<Tensor, string>();
  readonly #memo = new Map<string, string>();
  #graphs = 0;

  constructor(
    graph: GraphBuilder,
    table: LoweringTable,
    options: LoweringOptions = {},
    inside?: Inside,
  ) {
    this.graph = graph;
    this.precision = options.precision ?? "float32";
    this.#table = table;
    this.#options = options;
    this.#inside = inside;
  }

  /**
   * A context for what is lowered apart: a step of a scan.
   *
   * @param graph of its own, or that of this context
   * @param computed what it computes itself; constants, sizes and all else are values of this context
   */
  within(graph: GraphBuilder, computed: ReadonlySet<Tensor>): LoweringContext {
    return new LoweringContext(graph, this.#table, this.#options, { around: this, computed });
  }

  /** A name for a graph in this one: `scan`, `scan1`, … */
  graphName(hint: string): string {
    if (this.#inside) return this.#inside.around.graphName(hint);
    return `${hint}${this.#graphs++ || ""}`;
  }

  /** Makes a tensor a value that the graph has already. */
  bind(tensor: Tensor, value: string): void {
    this.#values.set(tensor, value);
  }

  /** Makes a symbol a size that the graph has already: int64 [1]. */
  bindSize(symbol: string, value: string): void {
    this.#memo.set(`symbol ${symbol}`, value);
  }

  /** The value of a tensor, lowered now unless it has been before. */
  value(tensor: Tensor): string {
    const known = this.#values.get(tensor);
    if (known !== undefined) return known;
    if (this.#inside && !this.#inside.computed.has(tensor)) {
      return this.#inside.around.value(tensor);
    }
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

  /** A value under another dtype; made once. */
  cast(value: string, to: keyof typeof castTargets, name = ""): string {
    return this.once(`cast ${value} ${to}`, () =>
      this.graph.node("Cast", [value], {
        attributes: { to: int(castTargets[to]) },
        ...(name === "" ? {} : { name }),
      }));
  }

  /** A product of operands in the chosen precision, as float32. */
  product(operands: readonly string[], emit: (operands: readonly string[]) => string): string {
    if (this.precision === "float32") return emit(operands);
    const { precision } = this;
    return this.cast(emit(operands.map((operand) => this.cast(operand, precision))), "float32");
  }

  /** The dtype that tensors of a dtype have in this graph. */
  dtypeOf(dtype: DType): DType {
    return this.#options.withoutInt64 && dtype === "int64" ? "int32" : dtype;
  }

  /** The constant of a tensor. */
  literal(dtype: DType, dims: readonly number[], data: TypedArray): string {
    return this.dtypeOf(dtype) === dtype
      ? this.constant(dtype, dims, data)
      : this.constant("int32", dims, Int32Array.from(data, Number));
  }

  /** A stored constant; equal ones are stored once. */
  constant(dtype: DType, dims: readonly number[], data: TypedArray): string {
    if (this.#inside) return this.#inside.around.constant(dtype, dims, data);
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

  /** Dims as an int64 tensor [rank]. */
  shape(dims: readonly Dim[]): string {
    if (this.#inside) return this.#inside.around.shape(dims);
    if (dims.every((dim) => typeof dim === "number")) return this.int64s(...dims);
    const key = `${fedShape}${dims.join()}`;
    return this.once(key, () => {
      if (this.#options.withoutInt64) return this.graph.input(key, "int64", [dims.length]);
      const sizes = dims.map((dim) => this.count(dim));
      if (sizes.length === 1) return sizes[0];
      return this.graph.node("Concat", sizes, { attributes: { axis: int(0) }, name: "shape" });
    });
  }

  /** One size as a float32 tensor []. */
  size(dim: Dim): string {
    if (this.#inside) return this.#inside.around.size(dim);
    const key = `${fedSize}${dim}`;
    return this.once(key, () => {
      if (this.#options.withoutInt64) return this.graph.input(key, "float32", []);
      const size = this.cast(this.count(dim), "float32");
      return this.graph.node("Reshape", [size, this.int64s()]);
    });
  }

  /** One size as an int64 tensor [1], computed. */
  count(dim: Dim): string {
    if (this.#inside) return this.#inside.around.count(dim);
    const { factor, symbols } = factorsOf(dim);
    return this.once(`computed ${dim}`, () => {
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
  options: LoweringOptions = {},
): Uint8Array<ArrayBuffer> {
  const graph = new GraphBuilder(name);
  const context = new LoweringContext(graph, table, options);
  for (const tensor of inputs) {
    if (tensor.primitive.op !== "input") {
      throw buildError("graph", name, "its inputs must be inputs", [tensor.primitive.op]);
    }
    const dtype = context.dtypeOf(tensor.dtype);
    context.bind(tensor, graph.input(tensor.name, dtype, tensor.dims));
  }
  for (const [output, tensor] of Object.entries(outputs)) {
    const dtype = context.dtypeOf(tensor.dtype);
    graph.output(output, context.value(tensor), dtype, tensor.dims);
  }
  return graph.encode();
}

/**
 * Feeds as a model wants them: where it was lowered without int64, indices are narrowed and sizes
 * added; anywhere else these are the feeds.
 *
 * @param inputs what the model declares
 * @param symbols the value of every symbol in the dims
 */
export function feedsFor<T>(
  inputs: readonly ValueInfo[],
  feeds: Readonly<Record<string, T | HostTensor>>,
  symbols: Readonly<Record<string, number>>,
): Record<string, T | HostTensor> {
  const all: Record<string, T | HostTensor> = { ...feeds };
  for (const { name, dtype } of inputs) {
    const given = feeds[name] as Partial<HostTensor> | undefined;
    if (name.startsWith(fedShape)) {
      const dims = name.slice(fedShape.length).split(",")
        .map((dim) => /^\d+$/.test(dim) ? Number(dim) : dim);
      const data = BigInt64Array.from(evaluateDims(dims, symbols), BigInt);
      all[name] = { dtype: "int64", dims: [dims.length], data };
    } else if (name.startsWith(fedSize)) {
      const data = Float32Array.from(evaluateDims([name.slice(fedSize.length)], symbols));
      all[name] = { dtype: "float32", dims: [], data };
    } else if (dtype === "int32" && given?.data instanceof BigInt64Array) {
      all[name] = { dtype, dims: given.dims!, data: Int32Array.from(given.data, Number) };
    }
  }
  return all;
}
