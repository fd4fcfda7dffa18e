/**
 * Lowers a step that is run several times in one call: an ONNX Loop that carries its state.
 *
 * @module
 */
import type { Dim, HostTensor } from "../onnx/dtype.ts";
import { body, GraphBuilder } from "../onnx/graph.ts";
import { buildError } from "./build_error.ts";
import { evaluateDims, factorsOf } from "./dims.ts";
import { LoweringContext, type LoweringOptions, type LoweringTable } from "./lowering.ts";
import type { Tensor } from "./primitive.ts";

/** A step to be repeated. All tensors named here are inputs, with unique names. */
export interface LoopStep {
  /** State: what each input becomes for the next step. Its dims are numbers. */
  readonly carried: readonly { readonly before: Tensor; readonly after: Tensor }[];
  /** Inputs that differ from step to step; their dims may be symbols. */
  readonly perStep: readonly Tensor[];
  /** Inputs that are the same in every step. */
  readonly fixed: readonly Tensor[];
  /** Inputs that the step makes itself, from its number: int64 []. */
  readonly computed: readonly {
    readonly tensor: Tensor;
    readonly make: (context: LoweringContext, step: string) => string;
  }[];
  /** float32 [] of every step, by name. */
  readonly outputs: Readonly<Record<string, Tensor>>;
}

const steps = "steps", numbers = "numbers";
const startsOf = (name: string) => `${name}.starts`;
const sizesOf = (symbol: string) => `size.${symbol}`;

/**
 * A model that runs a step `steps` times. It reads the state and the fixed inputs by their names,
 * and what {@linkcode loopFeeds} makes of the others; it gives the state after the last step as
 * `next.<name>`, and each output of the step as float32 [steps].
 *
 * The inputs of all steps lie in one array, one after the other: steps of any size follow each
 * other without padding.
 *
 * @throws {Error} when a tensor of the step is no input
 */
export function lowerLoop(
  name: string,
  table: LoweringTable,
  step: LoopStep,
  options: LoweringOptions = {},
): Uint8Array<ArrayBuffer> {
  const outer = new GraphBuilder(name);
  const inner = new GraphBuilder("step", outer);
  const context = new LoweringContext(inner, table, options);
  const declare = (tensor: Tensor, dims: readonly Dim[] = tensor.dims) => {
    if (tensor.primitive.op !== "input") {
      throw buildError("loop", name, "its inputs must be inputs", [tensor.primitive.op]);
    }
    return outer.input(tensor.name, tensor.dtype, dims);
  };
  const count = outer.input(steps, "int64", []);
  const given = outer.input(numbers, "int64", ["K"]);
  const index = inner.input("step/index", "int64", []);
  const goesOn = inner.input("step/goesOn", "bool", []);

  for (const tensor of step.fixed) context.bind(tensor, declare(tensor));
  const states = step.carried.map(({ before }) => {
    const initial = declare(before);
    context.bind(before, inner.input(`step/${before.name}`, before.dtype, before.dims));
    return initial;
  });
  const at = inner.node("Reshape", [index, context.int64s(1)]);
  for (const symbol of symbolsOf(step.perStep)) {
    const sizes = outer.input(sizesOf(symbol), "int64", ["K"]);
    context.bindSize(symbol, inner.node("Gather", [sizes, at]));
  }
  for (const tensor of step.perStep) {
    const flat = declare(tensor, [`${tensor.name}.size`]);
    const starts = outer.input(startsOf(tensor.name), "int64", ["K+1"]);
    const from = inner.node("Gather", [starts, at]);
    const to = inner.node("Gather", [starts, inner.node("Add", [at, context.int64s(1)])]);
    const part = inner.node("Slice", [flat, from, to]);
    context.bind(tensor, inner.node("Reshape", [part, context.shape(tensor.dims)]));
  }
  const number = inner.node("Gather", [given, index]);
  for (const { tensor, make } of step.computed) context.bind(tensor, make(context, number));

  inner.output("step/goesOn.next", goesOn, "bool", []);
  for (const { before, after } of step.carried) {
    inner.output(`step/next.${before.name}`, context.value(after), after.dtype, after.dims);
  }
  for (const [output, tensor] of Object.entries(step.outputs)) {
    inner.output(`step/${output}`, context.value(tensor), tensor.dtype, tensor.dims);
  }
  const names = Object.keys(step.outputs);
  const results = outer.nodes("Loop", [count, "", ...states], {
    attributes: { body: body(inner) },
    outputs: states.length + names.length,
  });
  step.carried.forEach(({ before }, i) =>
    outer.output(`next.${before.name}`, results[i], before.dtype, before.dims)
  );
  names.forEach((output, i) => outer.output(output, results[states.length + i], "float32", ["K"]));
  return outer.encode();
}

/**
 * The feeds of some steps in a row, beside state and fixed inputs.
 *
 * @param stepNumbers the number of each step, which names what it draws
 * @param feeds of each step, the inputs by their names
 * @param symbols of each step, the value of every symbol
 * @throws {Error} when a step does not feed an input, or with other dims
 */
export function loopFeeds(
  perStep: readonly Tensor[],
  stepNumbers: readonly number[],
  feeds: readonly Readonly<Record<string, HostTensor>>[],
  symbols: readonly Readonly<Record<string, number>>[],
): Record<string, HostTensor> {
  const all: Record<string, HostTensor> = {
    [steps]: int64s([], [feeds.length]),
    [numbers]: int64s([stepNumbers.length], stepNumbers),
  };
  for (const symbol of symbolsOf(perStep)) {
    all[sizesOf(symbol)] = int64s([feeds.length], symbols.map((sizes) => sizes[symbol]));
  }
  for (const { name, dtype, dims } of perStep) {
    const starts = [0];
    const parts = feeds.map((each, step) => {
      const given = each[name];
      const wanted = evaluateDims(dims, symbols[step]);
      if (given?.dtype !== dtype || given.dims.join() !== wanted.join()) {
        const got = given ? `${given.dtype} [${given.dims}]` : "nothing";
        throw new Error(
          `Cannot feed "${name}" of step ${
            stepNumbers[step]
          } as it must be ${dtype} [${wanted}]: ` +
            `got ${got}`,
        );
      }
      starts.push(starts[step] + given.data.length);
      return given.data;
    });
    const size = starts[feeds.length];
    const data = new (parts[0].constructor as new (size: number) => Float32Array)(size);
    parts.forEach((part, step) => data.set(part as Float32Array, starts[step]));
    all[name] = { dtype, dims: [size], data };
    all[startsOf(name)] = int64s([starts.length], starts);
  }
  return all;
}

function symbolsOf(tensors: readonly Tensor[]): string[] {
  const dims = tensors.flatMap((tensor) => tensor.dims);
  return [...new Set(dims.flatMap((dim) => factorsOf(dim).symbols))].sort();
}

function int64s(dims: readonly number[], values: readonly number[]): HostTensor {
  return { dtype: "int64", dims, data: BigInt64Array.from(values, BigInt) };
}
