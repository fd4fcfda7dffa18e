/**
 * The lowering table of the webgpu execution provider: what each primitive is in ONNX.
 *
 * WebGPU has neither FusedMatMul nor ConstantOfShape, LogSoftmax or OneHot, and moves no int64;
 * nothing may fall back to the processor. So indices are int32, and sizes are fed. It has no Scan
 * either: the steps of a scan follow each other, and their number must be known.
 *
 * @module
 */
import { int, ints, string } from "../onnx/graph.ts";
import { filled, named, pickLabels, sharedLowerings } from "./lower_common.ts";
import { unrollScan } from "./lower_scan.ts";
import {
  lower,
  type LoweringContext,
  type LoweringOptions,
  type LoweringTable,
} from "./lowering.ts";
import type { Tensor } from "./primitive.ts";

const table: LoweringTable = {
  ...sharedLowerings,
  matmul: ({ inputs: [a, b], transA, transB, alpha }, { name }, context) => {
    const left = transposed(a, transA, context), right = transposed(b, transB, context);
    const product = context.product(
      [left, right],
      (operands) => context.graph.node("MatMul", operands, named(name)),
    );
    return alpha === 1 ? product : context.graph.node("Mul", [product, context.scalar(alpha)]);
  },
  fill: ({ value }, { dims }, context) =>
    context.once(
      `fill ${value} ${dims.join()}`,
      () => context.graph.node("Expand", [context.scalar(value), context.shape(dims)]),
    ),
  // NOTE: the sums of a row are added up in any order.
  scatterAddRows: ({ inputs: [updates, indices] }, { dims, name }, context) => {
    const zeros = filled(0, dims, context);
    const value = context.value(indices);
    const places = context.once(`places ${value} ${dims[1]}`, () => {
      const column = context.graph.node("Reshape", [value, context.int64s(-1, 1)]);
      return context.graph.node("Expand", [column, context.shape(updates.dims)]);
    });
    return context.graph.node("ScatterElements", [zeros, places, context.value(updates)], {
      attributes: { axis: int(0), reduction: string("add") },
      ...named(name),
    });
  },
  // The rows of a unit matrix.
  oneHot: ({ inputs: [indices] }, { dims, name }, context) => {
    const depth = dims[dims.length - 1] as number;
    const unit = Float32Array.from(
      { length: depth * depth },
      (_, i) => i % (depth + 1) === 0 ? 1 : 0,
    );
    const rows = context.constant("float32", [depth, depth], unit);
    return context.graph.node("Gather", [rows, context.value(indices)], named(name));
  },
  logSoftmax: ({ inputs: [x] }, { name }, context) => logSoftmax(x, name, context),
  // NOTE: not ReduceLogSumExp, which overflows here.
  logSumExp: ({ inputs: [x] }, { dims, name }, context) => {
    const { max, logSum } = logSums(x, context);
    const sums = context.graph.node("Add", [max, logSum]);
    return context.graph.node("Reshape", [sums, context.shape(dims)], named(name));
  },
  crossEntropy: ({ inputs: [logits, labels] }, { name }, context) => {
    const logs = logSoftmax(logits, "", context);
    return context.graph.node("Neg", [pickLabels(logs, labels, context)], named(name));
  },
  scan: unrollScan,
};

/**
 * A model for the webgpu execution provider that computes `outputs`, by name, from `inputs`.
 * Its inputs are other than those given where they are int64: `feedsFor` feeds it.
 *
 * @throws {Error} when an output needs an input that is not listed
 */
export function lowerWebgpu(
  name: string,
  inputs: readonly Tensor[],
  outputs: Readonly<Record<string, Tensor>>,
  options: LoweringOptions = {},
): Uint8Array<ArrayBuffer> {
  return lower(name, table, inputs, outputs, { ...options, withoutInt64: true });
}

/** max and log Σ e^(x − max) along the last axis, and x − max: nothing overflows. */
function logSums(x: Tensor, context: LoweringContext) {
  const { graph } = context;
  const reduce = (opType: string, value: string) =>
    graph.node(opType, [value, context.int64s(-1)], { attributes: { keepdims: int(1) } });
  const value = context.value(x);
  const max = reduce("ReduceMax", value);
  const shifted = graph.node("Sub", [value, max]);
  const total = reduce("ReduceSum", graph.node("Exp", [shifted]));
  return { max, shifted, logSum: graph.node("Log", [total]) };
}

/** x − max − log Σ e^(x − max): no difference of large numbers, no log of 0. */
function logSoftmax(x: Tensor, name: string, context: LoweringContext): string {
  const { shifted, logSum } = logSums(x, context);
  return context.graph.node("Sub", [shifted, logSum], named(name));
}

function transposed(x: Tensor, trans: boolean, context: LoweringContext): string {
  const value = context.value(x);
  if (!trans) return value;
  const rank = x.dims.length;
  const perm = [...Array.from({ length: rank - 2 }, (_, i) => i), rank - 1, rank - 2];
  return context.once(
    `transposed ${value}`,
    () => context.graph.node("Transpose", [value], { attributes: { perm: ints(perm) } }),
  );
}
