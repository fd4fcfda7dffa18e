/**
 * What a scan is in ONNX: the operator Scan, or its steps one after another.
 *
 * @module
 */
import { body as graphAttribute, GraphBuilder, int, ints } from "../onnx/graph.ts";
import { buildError } from "./build_error.ts";
import type { LoweringContext } from "./lowering.ts";
import type { Primitive, Tensor } from "./primitive.ts";
import { boundBy, computedBy } from "./scan.ts";

type Inputs = Primitive<"scan">["inputs"];

/** The value of a part of a scan. */
export function partOfScan(whole: Tensor, index: number, context: LoweringContext): string {
  const value = context.value(whole);
  return context.once(keyOf(value, index), () => {
    throw new Error(`Cannot lower scanPart as "${value}" must be a scan`);
  });
}

/** As one Scan. Its body reads what is around it by name. */
export function lowerScan(
  { inputs, body }: Primitive<"scan">,
  _: Tensor,
  context: LoweringContext,
): string {
  const { carried, read, given, reverse } = body;
  const [initial, sequences] = valuesOf(inputs, carried.length, read.length, context);
  const computed = computedBy(body), bound = boundBy(body);
  const graph = new GraphBuilder(context.graphName("scan"), context.graph);
  const inner = context.within(graph, computed);
  [...bound].forEach((tensor, i) =>
    inner.bind(tensor, graph.input(graph.named(`entry${i}`), tensor.dtype, tensor.dims))
  );
  const ends = [...carried.map(({ after }) => after), ...given];
  for (const [i, tensor] of ends.entries()) {
    const value = inner.value(tensor);
    const own = computed.has(tensor) ? value : graph.node("Identity", [value]);
    graph.output(graph.named(`end${i}`), own, tensor.dtype, tensor.dims);
  }
  const direction = Number(reverse);
  const outputs = context.graph.nodes("Scan", [...initial, ...sequences], {
    attributes: {
      body: graphAttribute(graph),
      num_scan_inputs: int(read.length),
      scan_input_directions: ints(read.map(() => direction)),
      ...(given.length > 0 ? { scan_output_directions: ints(given.map(() => direction)) } : {}),
    },
    outputs: ends.length,
  });
  return keep(outputs, context);
}

/** As steps that follow each other in the graph, where there is no Scan. */
export function unrollScan(
  { inputs, body }: Primitive<"scan">,
  { name }: Tensor,
  context: LoweringContext,
): string {
  const { carried, read, given, reverse, length } = body;
  if (typeof length !== "number") {
    throw buildError("scan", name, "on webgpu its number of steps must be known", [length]);
  }
  const { graph } = context;
  const [initial, sequences] = valuesOf(inputs, carried.length, read.length, context);
  const computed = computedBy(body);
  let state = initial;
  const rows: string[][] = given.map(() => []);
  for (let step = 0; step < length; step++) {
    const at = reverse ? length - 1 - step : step;
    const index = context.literal("int64", [], BigInt64Array.of(BigInt(at)));
    const inner = context.within(graph, computed);
    carried.forEach(({ before }, i) => inner.bind(before, state[i]));
    read.forEach((tensor, i) =>
      inner.bind(
        tensor,
        graph.node("Gather", [sequences[i], index], { attributes: { axis: int(0) } }),
      )
    );
    state = carried.map(({ after }) => inner.value(after));
    given.forEach((tensor, i) => {
      const shape = context.shape([1, ...tensor.dims]);
      rows[i][at] = graph.node("Reshape", [inner.value(tensor), shape]);
    });
  }
  const stacked = rows.map((each) =>
    each.length === 1 ? each[0] : graph.node("Concat", each, { attributes: { axis: int(0) } })
  );
  return keep([...state, ...stacked], context);
}

function valuesOf(inputs: Inputs, states: number, entries: number, context: LoweringContext) {
  const values = inputs.map((tensor) => context.value(tensor));
  return [values.slice(0, states), values.slice(states, states + entries)] as const;
}

/** Keeps the values of all parts under a name that stands for the scan. */
function keep(outputs: readonly string[], context: LoweringContext): string {
  const whole = context.graphName("parts");
  outputs.forEach((output, index) => context.once(keyOf(whole, index), () => output));
  return whole;
}

function keyOf(whole: string, index: number): string {
  return `part ${index} of ${whole}`;
}
