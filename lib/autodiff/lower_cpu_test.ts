import { strict as assert } from "node:assert";
import type { HostTensor } from "../onnx/dtype.ts";
import { decodeModel } from "../onnx/model_proto.ts";
import { Session } from "../onnx/session.ts";
import {
  add,
  div,
  erf,
  exp,
  gelu,
  log,
  maximum,
  mul,
  neg,
  relu,
  sigmoid,
  sqrt,
  sub,
  tanh,
} from "./elementwise.ts";
import { input } from "./leaves.ts";
import { lowerCpu } from "./lower_cpu.ts";
import { crossEntropy, layerNorm, logSoftmax, logSumExp, softmax } from "./normalisation.ts";
import type { Tensor } from "./primitive.ts";
import { matmul } from "./products.ts";
import { scatterAddRows } from "./rows.ts";
import { transpose } from "./shapes.ts";

function float32(dims: number[], ...values: number[]): HostTensor {
  return { dtype: "float32", dims, data: Float32Array.from(values) };
}

/** Abramowitz & Stegun 7.1.5, summed until it stands still. */
function erfSeries(x: number): number {
  let sum = 0, term = x;
  for (let n = 0; n < 60; n++) {
    sum += term / (2 * n + 1);
    term *= -x * x / (n + 1);
  }
  return 2 / Math.sqrt(Math.PI) * sum;
}

const points = [-2.5, -1, -0.1, 0, 0.3, 1.7];

const unaries: readonly (readonly [string, (x: Tensor) => Tensor, (x: number) => number])[] = [
  ["neg", neg, (x) => -x],
  ["exp", exp, Math.exp],
  ["log of exp", (x) => log(exp(x)), (x) => x],
  ["sqrt of a square", (x) => sqrt(mul(x, x)), Math.abs],
  ["tanh", tanh, Math.tanh],
  ["erf", erf, erfSeries],
  ["sigmoid", sigmoid, (x) => 1 / (1 + Math.exp(-x))],
  ["relu", relu, (x) => Math.max(x, 0)],
  ["gelu", gelu, (x) => x * 0.5 * (1 + erfSeries(x * Math.SQRT1_2))],
  ["maximum", (x) => maximum(x, neg(x)), Math.abs],
  [
    "add, sub, mul, div",
    (x) => div(sub(mul(x, x), x), add(mul(x, x), exp(x))),
    (x) => (x * x - x) / (x * x + Math.exp(x)),
  ],
];

for (const [name, build, expected] of unaries) {
  Deno.test(`${name} has its values`, async () => {
    const x = input("x", "float32", ["N"]);
    const session = await Session.create(lowerCpu("values", [x], { y: build(x) }), { threads: 1 });
    const { y } = await session.run({ x: float32([points.length], ...points) });
    points.forEach((point, i) => {
      const got = Number(y.data[i]);
      assert.ok(Math.abs(got - expected(point)) < 1e-6 * (1 + Math.abs(got)), `${point}: ${got}`);
    });
    await session.release();
  });
}

Deno.test("softmax, logSoftmax, logSumExp, crossEntropy and layerNorm have their values on large numbers", async () => {
  const x = input("x", "float32", ["N", 3]);
  const labels = input("labels", "int64", ["N"]);
  const [gain, bias] = [input("gain", "float32", [3]), input("bias", "float32", [3])];
  const model = lowerCpu("values", [x, labels, gain, bias], {
    softmax: softmax(x),
    logSoftmax: logSoftmax(x),
    logSumExp: logSumExp(x),
    crossEntropy: crossEntropy(x, labels),
    layerNorm: layerNorm(x, gain, bias, 0.5),
  });
  const session = await Session.create(model, { threads: 1 });
  const row = [1000, 1001, 999];
  const results = await session.run({
    x: float32([1, 3], ...row),
    labels: { dtype: "int64", dims: [1], data: BigInt64Array.of(2n) },
    gain: float32([3], 1, 2, 3),
    bias: float32([3], 0, 0, 10),
  });
  const total = Math.exp(-1) + 1 + Math.exp(-2);
  const logs = [-1, 0, -2].map((value) => value - Math.log(total));
  const invStd = 1 / Math.sqrt(2 / 3 + 0.5);
  const expected: Record<string, number[]> = {
    softmax: logs.map(Math.exp),
    logSoftmax: logs,
    logSumExp: [Math.fround(1001 + Math.log(total))],
    crossEntropy: [-logs[2]],
    layerNorm: [0, 2 * invStd, 10 - 3 * invStd],
  };
  for (const [name, values] of Object.entries(expected)) {
    values.forEach((value, i) => {
      const got = Number(results[name].data[i]);
      assert.ok(Math.abs(got - value) < 1e-5, `${name}[${i}]: got ${got} and ${value}`);
    });
  }
  await session.release();
});

Deno.test("a product reads transposed operands where they lie", () => {
  const [a, b] = ["a", "b"].map((name) => input(name, "float32", ["T", "B", 2, 5]));
  const split = (x: Tensor) => transpose(x, [1, 2, 0, 3]);
  const scores = matmul(split(a), split(b), { transB: true });
  const { nodes } = decodeModel(lowerCpu("scores", [a, b], { scores }));
  assert.deepEqual(nodes.map(({ opType }) => opType), ["FusedMatMul"]);
});

// Measured with onnxruntime-node 1.30.0: on two threads or more ScatterND gave wrong sums in up to
// 63 of 150 runs, on one thread in none; ScatterElements in none. A race may hide, so the graph is
// looked at too.
Deno.test("scatterAddRows adds every repeated row on two threads, without ScatterND", async () => {
  const [rows, count, width] = [3, 4096, 128];
  const updates = input("updates", "float32", ["N", width]);
  const indices = input("indices", "int64", ["N"]);
  const y = scatterAddRows(updates, indices, rows);
  const model = lowerCpu("scatter", [updates, indices], { y });
  assert.ok(!decodeModel(model).nodes.some(({ opType }) => opType === "ScatterND"));
  const session = await Session.create(model, { threads: 2 });
  // Whole numbers, so that every order of summing gives the same.
  const data = Float32Array.from({ length: count * width }, (_, i) => i % 13 - 6);
  const ids = BigInt64Array.from({ length: count }, (_, i) => BigInt((i * 7919) % rows));
  const expected = new Float32Array(rows * width);
  data.forEach((value, i) =>
    expected[Number(ids[Math.floor(i / width)]) * width + i % width] += value
  );
  for (let run = 0; run < 20; run++) {
    const results = await session.run({
      updates: { dtype: "float32", dims: [count, width], data },
      indices: { dtype: "int64", dims: [count], data: ids },
    });
    assert.deepEqual(results.y.data, expected);
  }
  await session.release();
});
