/**
 * The cases of the gradient checks, for tests: every primitive, on shapes that are not square.
 *
 * @module
 */
import type { Dim } from "../onnx/dtype.ts";
import {
  add,
  cast,
  div,
  dropout,
  erf,
  exp,
  gelu,
  greater,
  log,
  maximum,
  mul,
  neg,
  relu,
  select,
  sigmoid,
  sqrt,
  sub,
  tanh,
} from "./elementwise.ts";
import type { CheckInput, Draw, GradientCase } from "./gradient_check.ts";
import { constant, fill, sizeOf } from "./leaves.ts";
import { crossEntropy, layerNorm, logSoftmax, logSumExp, softmax } from "./normalisation.ts";
import type { Op, Tensor } from "./primitive.ts";
import { gemm, linear, matmul } from "./products.ts";
import { gatherRows, oneHot, scatterAddRows } from "./rows.ts";
import { withVjp } from "./scan.ts";
import { scanCases } from "./scan_cases.ts";
import { broadcastTo, concat, reduceMean, reduceSum, reshape, slice, transpose } from "./shapes.ts";

type Inputs = Readonly<Record<string, Tensor>>;

const normal: Draw = (random) => random.normal();
const positive: Draw = (random) => 0.5 + random.uniform();
/** At least 0.2 away from 0, where kinks are. */
const awayFromZero: Draw = (random) => (random.uniform() < 0.5 ? -1 : 1) * (0.2 + random.uniform());

function float(dims: readonly Dim[], from: Draw = normal): CheckInput {
  return { dtype: "float32", dims, from };
}

function int64(dims: readonly Dim[], ...values: number[]): CheckInput {
  return { dtype: "int64", dims, values };
}

function bool(dims: readonly Dim[], ...values: number[]): CheckInput {
  return { dtype: "bool", dims, values };
}

function unary(build: (x: Tensor) => Tensor, from = normal): GradientCase[] {
  return [{ name: "[N, 3]", inputs: { x: float(["N", 3], from) }, build: ({ x }) => build(x) }];
}

const broadcasts: readonly (readonly [readonly Dim[], readonly Dim[]])[] = [
  [["N", 3], ["N", 3]],
  [["N", 3], [3]],
  [[3], ["N", 3]],
  [["N", 1], [1, 3]],
  [["B", 1, 1, "T"], ["B", 2, "T", "T"]],
  [[], ["N", 3]],
];

function binary(build: (a: Tensor, b: Tensor) => Tensor, from = normal): GradientCase[] {
  return broadcasts.map(([a, b]) => ({
    name: `[${a}] and [${b}]`,
    inputs: { a: float(a, from), b: float(b, from) },
    build: ({ a, b }) => build(a, b),
  }));
}

const booleans = [true, false];

const gemms: GradientCase[] = booleans.flatMap((transA) =>
  booleans.map((transB) => ({
    name: `transA ${transA}, transB ${transB}`,
    inputs: { a: float(transA ? [5, "N"] : ["N", 5]), b: float(transB ? [3, 5] : [5, 3]) },
    build: ({ a, b }: Inputs) => gemm(a, b, { transA, transB, alpha: 0.7 }),
  }))
);

const matmuls: GradientCase[] = booleans.flatMap((transA) =>
  booleans.map((transB) => ({
    name: `transA ${transA}, transB ${transB}`,
    inputs: {
      a: float(transA ? ["B", 2, 5, "T"] : ["B", 2, "T", 5]),
      b: float(transB ? ["B", 2, 4, 5] : ["B", 2, 5, 4]),
    },
    build: ({ a, b }: Inputs) => matmul(a, b, { transA, transB, alpha: 0.7 }),
  }))
);

/** Operands that lie transposed in memory, in every way that a lowering may read in place. */
const stridedMatmuls: GradientCase[] = [[0, 1, 3, 2], [1, 2, 0, 3], [1, 2, 3, 0]].flatMap((perm) =>
  booleans.map((transB) => {
    const stored = (dims: readonly Dim[]) => dims.map((_, axis) => dims[perm.indexOf(axis)]);
    return {
      name: `perm [${perm}], transB ${transB}`,
      inputs: {
        a: float(stored(["B", 2, "T", 5])),
        b: float(stored(transB ? ["B", 2, 4, 5] : ["B", 2, 5, 4])),
      },
      build: ({ a, b }: Inputs) => matmul(transpose(a, perm), transpose(b, perm), { transB }),
    };
  })
);

const rowLosses = { logits: float(["N", 3]), labels: int64(["N"], 2, 0, 1, 2) };

/** At least one case per primitive that has a vjp: a forgotten one is a type error. */
export const gradientCases: Readonly<
  Record<Exclude<Op, "layerNormStatistic" | "scanPart">, readonly GradientCase[]>
> = {
  input: unary((x) => x),
  constant: unary((x) => mul(x, constant(Float32Array.of(1, -2, 3), "float32", [3]))),
  fill: unary((x) => add(mul(x, x), fill(2, ["N", 3]))),
  size: unary((x) => mul(x, sizeOf(["N", 3]))),
  add: binary(add),
  sub: binary(sub),
  mul: binary(mul),
  div: binary(div, positive),
  maximum: [{
    name: "by a clear margin, broadcast",
    inputs: { a: float(["N", 3], awayFromZero), b: float([3], (random) => 0.1 * random.uniform()) },
    build: ({ a, b }) => maximum(a, b),
  }],
  greater: [{
    name: "as a mask",
    inputs: { x: float(["N", 3]), a: float(["N", 1], awayFromZero), b: float([], () => 0) },
    build: ({ x, a, b }) => mul(x, cast(greater(a, b), "float32")),
    constant: ["a", "b"],
  }],
  neg: unary(neg),
  exp: unary(exp),
  log: unary(log, positive),
  sqrt: unary(sqrt, positive),
  tanh: unary(tanh),
  erf: unary(erf),
  sigmoid: unary(sigmoid),
  relu: unary(relu, awayFromZero),
  gelu: unary(gelu, (random) => 2 * random.normal()),
  cast: [{
    name: "a bool as a number",
    inputs: { x: float(["T"]), mask: bool(["T"], 1, 0, 1) },
    build: ({ x, mask }) => mul(x, cast(mask, "float32")),
  }],
  select: broadcasts.slice(0, 4).map(([a, b]) => ({
    name: `[${a}] and [${b}] by [N, 1]`,
    inputs: { mask: bool(["N", 1], 1, 0, 0, 1), a: float(a), b: float(b) },
    build: ({ mask, a, b }) => select(mask, a, b),
  })),
  dropout: [
    {
      name: "of an input",
      inputs: { x: float(["T", 2]), mask: bool(["T", 2], 1, 0, 1, 1, 0, 0) },
      build: ({ x, mask }) => dropout(x, mask, 0.6),
    },
    {
      name: "of a product",
      inputs: {
        x: float(["T", 4]),
        w: float([2, 4]),
        b: float([2]),
        mask: bool(["T", 2], 1, 0, 1, 1, 0, 1),
      },
      build: ({ x, w, b, mask }) => dropout(linear(x, w, b), mask, 0.6),
    },
    {
      name: "before a batched product",
      inputs: {
        x: float([2, "T", 2]),
        w: float([2, 2, 5]),
        mask: bool([2, "T", 2], 1, 0, 1, 1, 0, 1, 0, 0, 1, 1, 1, 0),
      },
      build: ({ x, w, mask }) => matmul(dropout(x, mask, 0.6), w, { alpha: 0.7 }),
    },
  ],
  gemm: [
    ...gemms,
    {
      name: "plus a matrix",
      inputs: { a: float(["N", 5]), b: float([5, 3]), c: float(["N", 3]) },
      build: ({ a, b, c }) => gemm(a, b, { plus: c }),
    },
    {
      name: "linear with bias",
      inputs: { x: float(["N", 5]), w: float([3, 5]), b: float([3]) },
      build: ({ x, w, b }) => linear(x, w, b, "", 0.7),
    },
  ],
  matmul: [...matmuls, ...stridedMatmuls],
  reshape: [[["B", "T", 6], ["B*T", 6]], [["B", "T", 6], ["T", "B", 2, 3]], [["N", 6], ["6*N"]]]
    .map((
      [from, to],
    ) => ({
      name: `[${from}] as [${to}]`,
      inputs: { x: float(from) },
      build: ({ x }) => reshape(mul(x, x), to),
    })),
  transpose: unary((x) => transpose(mul(x, x), [1, 0])),
  broadcastTo: [{
    name: "new and old axes",
    inputs: { x: float(["N", 1]) },
    build: ({ x }) => broadcastTo(mul(x, x), ["B", "N", 3]),
  }],
  reduceSum: [[0], [1], [2], [0, 2], [0, 1, 2]].flatMap((axes) =>
    booleans.map((keepDims) => ({
      name: `axes [${axes}], keepDims ${keepDims}`,
      inputs: { x: float(["B", "T", 4]) },
      build: ({ x }: Inputs) => reduceSum(mul(x, x), axes, keepDims),
    }))
  ).concat([
    { name: "rows", inputs: { x: float(["N", 3]) }, build: ({ x }) => reduceSum(mul(x, x), [0]) },
    {
      name: "rows, keepDims",
      inputs: { x: float(["N", 3]) },
      build: ({ x }) => reduceSum(mul(x, x), [0], true),
    },
    {
      name: "means over known and symbolic sizes",
      inputs: { x: float(["N", 3]) },
      build: ({ x }) => mul(reduceMean(mul(x, x), [1]), reduceMean(x)),
    },
  ]),
  concat: [{
    name: "three parts",
    inputs: { a: float(["N", 1]), b: float(["N", 3]), c: float(["N", 2]) },
    build: ({ a, b, c }) => concat([a, b, mul(c, c)], 1),
  }],
  slice: [[0, 2], [1, 3], [2, 5]].map(([start, end]) => ({
    name: `${start} to ${end} of 5`,
    inputs: { x: float(["N", 5]) },
    build: ({ x }) => slice(mul(x, x), 1, start, end),
  })),
  gatherRows: [
    {
      name: "repeated rows, a matrix of indices",
      inputs: { table: float([5, 3]), indices: int64(["B", "T"], 4, 0, 4, 4, 2, 0) },
      build: ({ table, indices }) => gatherRows(mul(table, table), indices),
    },
    {
      name: "symbolic rows",
      inputs: { table: float(["N", 3]), indices: int64(["T"], 3, 1, 3) },
      build: ({ table, indices }) => gatherRows(mul(table, table), indices),
    },
  ],
  scatterAddRows: [{
    name: "repeated rows",
    inputs: { x: float(["B", "T", 2]), indices: int64(["B", "T"], 4, 0, 4, 4, 2, 0) },
    build: ({ x, indices }) => scatterAddRows(mul(x, x), indices, 5),
  }],
  oneHot: [{
    name: "as weights",
    inputs: { x: float([4]), indices: int64(["T"], 3, 0, 3) },
    build: ({ x, indices }) => mul(x, oneHot(indices, 4)),
  }],
  softmax: [
    ...unary(softmax),
    { name: "rank 4", inputs: { x: float(["B", 2, "T", 5]) }, build: ({ x }) => softmax(x) },
  ],
  logSoftmax: unary(logSoftmax),
  logSumExp: [...unary(logSumExp), {
    name: "[D]",
    inputs: { x: float([5]) },
    build: ({ x }) => logSumExp(x),
  }],
  layerNorm: [{
    name: "rows",
    inputs: { x: float(["N", 6]), gain: float([6]), bias: float([6]) },
    build: ({ x, gain, bias }) => layerNorm(x, gain, bias, 1e-5),
  }],
  crossEntropy: [
    {
      name: "per row",
      inputs: rowLosses,
      build: ({ logits, labels }) => crossEntropy(logits, labels),
    },
    {
      name: "mean over rows",
      inputs: rowLosses,
      build: ({ logits, labels }) => reduceMean(crossEntropy(logits, labels)),
    },
    {
      name: "weighted rows",
      inputs: { ...rowLosses, weights: float(["N"], positive) },
      build: ({ logits, labels, weights }) =>
        div(reduceSum(mul(weights, crossEntropy(logits, labels))), reduceSum(weights)),
    },
  ],
  scan: scanCases(3),
  withVjp: unary((x) => withVjp(exp(x), [x], (dy) => [mul(dy, exp(x))])),
};
