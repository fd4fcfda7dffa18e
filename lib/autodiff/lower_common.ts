/**
 * What the lowering tables of the execution providers share: what a primitive is in ONNX, wherever
 * it is the same on all or on several.
 *
 * @module
 */
import { float, int, ints, type NodeOptions, string } from "../onnx/graph.ts";
import { fill } from "./leaves.ts";
import type { LoweringContext, LoweringTable } from "./lowering.ts";
import { lowerScan, partOfScan } from "./lower_scan.ts";
import type { Primitive, Tensor } from "./primitive.ts";

/** The primitives that providers have in different forms. */
type Own =
  | "fill"
  | "matmul"
  | "scatterAddRows"
  | "oneHot"
  | "logSoftmax"
  | "logSumExp"
  | "crossEntropy"
  | "scan";

/** What is the same on every provider. */
export const sharedLowerings: Omit<LoweringTable, Own> = {
  input: (_, { name }) => {
    throw new Error(`Cannot lower input "${name}" as it must be among the inputs of the graph`);
  },
  constant: ({ data }, { dtype, dims }, context) =>
    context.literal(dtype, dims as readonly number[], data),
  size: ({ of }, _, context) => context.size(of),

  add: operator("Add"),
  sub: operator("Sub"),
  mul: operator("Mul"),
  div: operator("Div"),
  maximum: operator("Max"),
  greater: operator("Greater"),
  neg: operator("Neg"),
  exp: operator("Exp"),
  log: operator("Log"),
  sqrt: operator("Sqrt"),
  tanh: operator("Tanh"),
  erf: operator("Erf"),
  sigmoid: operator("Sigmoid"),
  relu: operator("Relu"),
  gelu: operator("Gelu"),
  cast: ({ inputs: [x] }, { dtype, name }, context) => context.cast(context.value(x), dtype, name),
  select: operator("Where"),
  // The mask as numbers is made once: the backward pass multiplies by the same.
  dropout: ({ inputs: [x, mask], scale }, { name }, context) => {
    const value = context.value(mask);
    const numbers = context.cast(value, "float32");
    const factors = scale === 1 ? numbers : context.once(
      `mask ${value} scaled by ${scale}`,
      () => context.graph.node("Mul", [numbers, context.scalar(scale)]),
    );
    return context.graph.node("Mul", [context.value(x), factors], named(name));
  },

  gemm: ({ inputs, transA, transB, alpha, beta }, { name }, context) =>
    context.product(
      inputs.map((tensor) => context.value(tensor)),
      (operands) =>
        context.graph.node("Gemm", operands, {
          attributes: {
            transA: int(Number(transA)),
            transB: int(Number(transB)),
            alpha: float(alpha),
            beta: float(beta),
          },
          ...named(name),
        }),
    ),

  reshape: ({ inputs: [x] }, { dims, name }, context) => {
    const symbolic = dims.flatMap((dim, axis) =>
      typeof dim === "number" || dim === x.dims[axis] ? [] : [axis]
    );
    // 0 copies the size on the same axis, and one size may be inferred.
    const shape = symbolic.length > 1 ? context.shape(dims) : context.int64s(
      ...dims.map((dim, axis) => typeof dim === "number" ? dim : symbolic.includes(axis) ? -1 : 0),
    );
    return context.graph.node("Reshape", [context.value(x), shape], named(name));
  },
  transpose: ({ inputs: [x], perm }, { name }, context) =>
    context.graph.node("Transpose", [context.value(x)], {
      attributes: { perm: ints(perm) },
      ...named(name),
    }),
  broadcastTo: ({ inputs: [x] }, { dims, name }, context) =>
    context.graph.node("Expand", [context.value(x), context.shape(dims)], named(name)),
  // Sums over rows are products with ones: twice as fast as ReduceSum over axis 0.
  reduceSum: ({ inputs: [x], axes, keepDims }, { dims, name }, context) => {
    const isMatrix = x.dims.length === 2;
    if (isMatrix && axes.length === 1 && axes[0] === 0) {
      const ones = filled(1, [1, x.dims[0]], context);
      const sums = context.graph.node("MatMul", [ones, context.value(x)], named(name));
      return keepDims ? sums : context.graph.node("Reshape", [sums, context.shape(dims)]);
    }
    return context.graph.node("ReduceSum", [context.value(x), context.int64s(...axes)], {
      attributes: { keepdims: int(Number(keepDims)) },
      ...named(name),
    });
  },
  concat: ({ inputs, axis }, { name }, context) =>
    context.graph.node("Concat", inputs.map((tensor) => context.value(tensor)), {
      attributes: { axis: int(axis) },
      ...named(name),
    }),
  slice: ({ inputs: [x], axis, start, end }, { name }, context) => {
    const range = [start, end, axis].map((value) => context.int64s(value));
    return context.graph.node("Slice", [context.value(x), ...range], named(name));
  },

  gatherRows: operator("Gather"),

  softmax: operator("Softmax"),
  layerNorm: ({ inputs, epsilon }, output, context) => {
    const [y, mean, invStd] = context.graph.nodes(
      "LayerNormalization",
      inputs.map((tensor) => context.value(tensor)),
      { attributes: { axis: int(-1), epsilon: float(epsilon) }, outputs: 3, ...named(output.name) },
    );
    context.once(`mean ${y}`, () => mean);
    context.once(`invStd ${y}`, () => invStd);
    return y;
  },
  layerNormStatistic: ({ inputs: [normalised], which }, _, context) => {
    const y = context.value(normalised);
    return context.once(`${which} ${y}`, () => {
      throw new Error(`Cannot lower layerNormStatistic as "${y}" must be a layerNorm`);
    });
  },

  scanPart: ({ inputs: [whole], index }, _, context) => partOfScan(whole, index, context),
  withVjp: ({ value }, _, context) => context.value(value),
};

/** The primitives that differ, on a provider that has the whole list of operators. */
export const fullLowerings: Pick<LoweringTable, Own> = {
  fill: ({ value }, { dims }, context) =>
    context.once(`fill ${value} ${dims.join()}`, () => {
      const data = Float32Array.of(value);
      const initializer = { name: "", dtype: "float32", dims: [1], data } as const;
      return context.graph.node("ConstantOfShape", [context.shape(dims)], {
        attributes: { value: { kind: "tensor", value: initializer } },
      });
    }),
  // Transposed operands are read where they lie.
  matmul: ({ inputs: [a, b], transA, transB, alpha }, { name }, context) => {
    const left = strided(a), right = strided(b);
    const operands = [context.value(left.source), context.value(right.source)];
    return context.product(operands, (operands) =>
      context.graph.node("FusedMatMul", operands, {
        domain: "com.microsoft",
        attributes: {
          transA: int(Number(transA !== left.trans)),
          transB: int(Number(transB !== right.trans)),
          transBatchA: int(Number(left.transBatch)),
          transBatchB: int(Number(right.transBatch)),
          alpha: float(alpha),
        },
        ...named(name),
      }));
  },
  // NOTE: not ScatterND, whose threads race on rows that occur twice (lower_cpu_test.ts).
  scatterAddRows: ({ inputs: [updates, indices] }, { dims, name }, context) => {
    const zeros = filled(0, dims, context);
    const value = context.value(indices);
    const places = context.once(`places ${value} ${dims[1]}`, () => {
      const column = context.graph.node("Unsqueeze", [value, context.int64s(1)]);
      return context.graph.node("Expand", [column, context.shape([1, dims[1]])]);
    });
    return context.graph.node("ScatterElements", [zeros, places, context.value(updates)], {
      attributes: { axis: int(0), reduction: string("add") },
      ...named(name),
    });
  },
  oneHot: ({ inputs: [indices] }, { dims, name }, context) => {
    const depth = context.int64s(dims[dims.length - 1] as number);
    const values = context.constant("float32", [2], Float32Array.of(0, 1));
    return context.graph.node("OneHot", [context.value(indices), depth, values], named(name));
  },
  logSoftmax: operator("LogSoftmax"),
  logSumExp: ({ inputs: [x] }, { name }, context) =>
    context.graph.node("ReduceLogSumExp", [context.value(x), context.int64s(-1)], {
      attributes: { keepdims: int(0) },
      ...named(name),
    }),
  crossEntropy: ({ inputs: [logits, labels] }, { name }, context) => {
    const logs = context.graph.node("LogSoftmax", [context.value(logits)]);
    return context.graph.node("Neg", [pickLabels(logs, labels, context)], named(name));
  },
  scan: lowerScan,
};

/** The entry of each row [M, L] at its label int64 [M]: [M]. */
export function pickLabels(rows: string, labels: Tensor, context: LoweringContext): string {
  const { graph } = context;
  const column = graph.node("Reshape", [context.value(labels), context.int64s(-1, 1)]);
  const picked = graph.node("GatherElements", [rows, column], { attributes: { axis: int(1) } });
  return graph.node("Reshape", [picked, context.int64s(-1)]);
}

/** The lowering of a primitive that is one ONNX operator, with the same inputs. */
export function operator(
  opType: string,
): (primitive: Primitive, output: Tensor, context: LoweringContext) => string {
  return (primitive, { name }, context) =>
    context.graph.node(
      opType,
      primitive.inputs.map((tensor) => context.value(tensor)),
      named(name),
    );
}

/** One float32 value everywhere, as the provider's table makes it. */
export function filled(value: number, dims: Tensor["dims"], context: LoweringContext): string {
  return context.value(fill(value, dims));
}

/** An operand of FusedMatMul, which transposes the last axes or axis 0 and the batch axes itself. */
function strided(operand: Tensor): { source: Tensor; trans: boolean; transBatch: boolean } {
  const { primitive } = operand;
  if (primitive.op === "transpose") {
    const rank = operand.dims.length;
    const batch = Array.from({ length: rank - 2 }, (_, i) => i);
    const later = batch.map((axis) => axis + 1);
    const source = primitive.inputs[0];
    switch (primitive.perm.join()) {
      case [...batch, rank - 1, rank - 2].join():
        return { source, trans: true, transBatch: false };
      case [...later, 0, rank - 1].join():
        return { source, trans: false, transBatch: true };
      case [...later, rank - 1, 0].join():
        return { source, trans: true, transBatch: true };
    }
  }
  return { source: operand, trans: false, transBatch: false };
}

/** The name of a node that has one. */
export function named(name: string): Pick<NodeOptions, "name"> {
  return name === "" ? {} : { name };
}
