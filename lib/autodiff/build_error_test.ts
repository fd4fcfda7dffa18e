import { strict as assert } from "node:assert";
import { add, dropout, mul, select } from "./elementwise.ts";
import { gradients } from "./gradients.ts";
import { constant, fill, input } from "./leaves.ts";
import { lowerCpu } from "./lower_cpu.ts";
import { crossEntropy, layerNorm, layerNormStatistic, logSumExp } from "./normalisation.ts";
import { gemm, linear, matmul } from "./products.ts";
import { gatherRows, scatterAddRows } from "./rows.ts";
import { broadcastTo, concat, reduceSum, reshape, slice, transpose } from "./shapes.ts";

const rows = input("rows", "float32", ["N", 3]);
const others = input("others", "float32", ["M", 3]);
const ids = input("ids", "int64", ["N"]);
const heads = input("heads", "float32", ["B", 2, "T", 5]);
const mask = input("mask", "bool", ["M", 3]);
const vector = input("vector", "float32", [4]);

const mistakes: readonly (readonly [string, () => unknown])[] = [
  [
    'Cannot build MatMul "encoder.0.query" as inner dimensions must match: ' +
    "got [N, 3] and [768, 768]",
    () => gemm(rows, fill(1, [768, 768]), { name: "encoder.0.query" }),
  ],
  [
    "Cannot build MatMul as both operands must be matrices: got [N, 3] and [4]",
    () => gemm(rows, vector),
  ],
  [
    "Cannot build MatMul as batch dims must exist and be equal: got [B, 2, T, 5] and [B, 3, 5, T]",
    () => matmul(heads, fill(1, ["B", 3, 5, "T"])),
  ],
  [
    "Cannot build MatMul as inner dimensions must match: got [B, 2, T, 5] and [B, 2, T, 5]",
    () => matmul(heads, heads),
  ],
  [
    'Cannot build Linear "head" as the bias must have one entry per row of the weight: ' +
    "got [4] and [5, 3]",
    () => linear(rows, fill(1, [5, 3]), vector, "head"),
  ],
  [
    "Cannot build add as dims must broadcast: got [N, 3] and [M, 3]",
    () => add(rows, others),
  ],
  [
    "Cannot build mul as operands must be float32: got float32 and int64",
    () => mul(rows, ids),
  ],
  [
    "Cannot build select as dims must broadcast: got [M, 3] and [N, 3] and [N, 3]",
    () => select(mask, rows, rows),
  ],
  [
    "Cannot build dropout as its mask must have the same dims: got [N, 3] and [M, 3]",
    () => dropout(rows, mask, 0.5),
  ],
  [
    "Cannot build dropout as its keep rate must be in (0, 1]: got 0",
    () => dropout(others, mask, 0),
  ],
  [
    "Cannot build reshape as sizes must match: got [N, 3] and [N, 4]",
    () => reshape(rows, ["N", 4]),
  ],
  [
    "Cannot build transpose as perm must name every axis once: got [N, 3] and [1, 1]",
    () => transpose(rows, [1, 1]),
  ],
  [
    "Cannot build broadcastTo as x must spread to the dims: got [N, 3] and [3]",
    () => broadcastTo(rows, [3]),
  ],
  [
    "Cannot build reduceSum as its axes must exist: got [N, 3] and axes [2]",
    () => reduceSum(rows, [2]),
  ],
  [
    "Cannot build concat as dtypes and all dims but axis 1, which must be a number, must match: " +
    "got [N, 3] and [M, 3]",
    () => concat([rows, others], 1),
  ],
  [
    "Cannot build slice as the range must lie in the axis: got 1…4 of axis 1 and [N, 3]",
    () => slice(rows, 1, 1, 4),
  ],
  [
    "Cannot build gatherRows as its indices must be int64: got float32",
    () => gatherRows(rows, vector),
  ],
  [
    "Cannot build scatterAddRows as there must be one index per update: got [M, 3] and [N]",
    () => scatterAddRows(others, ids, 5),
  ],
  [
    "Cannot build logSumExp as x must have an axis: got []",
    () => logSumExp(fill(1, [])),
  ],
  [
    "Cannot build LayerNorm as gain and bias must have the width of x: " +
    "got [N, 3] and [4] and [4]",
    () => layerNorm(rows, vector, vector, 1e-5),
  ],
  [
    "Cannot build crossEntropy as there must be one label per row of logits: got [M, 3] and [N]",
    () => crossEntropy(others, ids),
  ],
  [
    "Cannot build constant as its array must hold float32 and fill its dims: " +
    "got 3 elements of Float32Array and [4]",
    () => constant(new Float32Array(3), "float32", [4]),
  ],
  [
    'Cannot build gradients "rows" as the loss must be a scalar: got [N, 3]',
    () => gradients(rows, [rows]),
  ],
  [
    "Cannot build gradients as the loss must depend on every tensor: got others",
    () => gradients(reduceSum(rows), [others]),
  ],
  [
    'Cannot lower input "others" as it must be among the inputs of the graph',
    () => lowerCpu("graph", [rows], { y: others }),
  ],
  [
    'Cannot find the size of "B" as an input must have it: got none',
    () => lowerCpu("graph", [rows], { y: fill(1, ["B"]) }),
  ],
  [
    'Cannot differentiate layerNormStatistic as it serves the backward pass: got "mean"',
    () => {
      const normalised = layerNorm(rows, fill(1, [3]), fill(0, [3]), 1e-5);
      gradients(reduceSum(layerNormStatistic(normalised, "mean")), [rows]);
    },
  ],
];

for (const [message, build] of mistakes) {
  Deno.test(message, () => {
    assert.throws(build, { message });
  });
}
