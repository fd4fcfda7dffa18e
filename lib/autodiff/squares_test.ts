import { strict as assert } from "node:assert";
import { GraphBuilder } from "../onnx/graph.ts";
import { Session } from "../onnx/session.ts";
import { cudaLowerings } from "./lower_cuda.ts";
import { LoweringContext } from "./lowering.ts";
import { squaresKey, squaresMask } from "./squares.ts";

const wide = (1n << 64n) - 1n;

/** squares32 (Widynski 2020, §3), written down from the paper in whole numbers of any size. */
function squares32(counter: bigint, key: bigint): bigint {
  const swap = (x: bigint) => ((x >> 32n) | (x << 32n)) & wide;
  const y = (counter * key) & wide, z = (y + key) & wide;
  let x = swap((y * y + y) & wide);
  x = swap((x * x + z) & wide);
  x = swap((x * x + y) & wide);
  return ((x * x + z) & wide) >> 32n;
}

/** Masks [rows, width] of some steps. */
async function masks(
  key: bigint,
  steps: readonly number[],
  [rows, width]: readonly [number, number],
  rate: number,
): Promise<number[][]> {
  const graph = new GraphBuilder("mask");
  const keyInput = graph.input("key", "uint64", [1]), step = graph.input("step", "int64", []);
  const context = new LoweringContext(graph, cudaLowerings);
  graph.input("like", "float32", ["N"]);
  const mask = squaresMask(context, keyInput, step, ["N", width], rate);
  graph.output("mask", mask, "bool", ["N", width]);
  const session = await Session.create(graph.encode(), { threads: 1 });
  const drawn: number[][] = [];
  for (const step of steps) {
    const { mask } = await session.run({
      key: { dtype: "uint64", dims: [1], data: BigUint64Array.of(key) },
      step: { dtype: "int64", dims: [], data: BigInt64Array.of(BigInt(step)) },
      like: { dtype: "float32", dims: [rows], data: new Float32Array(rows) },
    });
    assert.deepEqual(mask.dims, [rows, width]);
    drawn.push(Array.from(mask.data, Number));
  }
  await session.release();
  return drawn;
}

Deno.test("a mask is the comparison of squares32 with the rate, at every counter", async () => {
  const key = squaresKey("reference", 7), rate = 77 / 256;
  const steps = [0, 3, 2_000_000_000];
  const drawn = await masks(key, steps, [5, 41], rate);
  steps.forEach((step, s) => {
    drawn[s].forEach((bit, i) => {
      const random = squares32((BigInt(step) << 32n) + BigInt(i), key);
      assert.equal(bit, random >= BigInt(rate * 256) << 24n ? 1 : 0, `step ${step}, element ${i}`);
    });
  });
});

Deno.test("masks keep their share, and neither steps nor neighbours nor keys are correlated", async () => {
  const rate = 0.25, shape = [256, 256] as const, count = shape[0] * shape[1];
  const [a, b] = await masks(squaresKey("masks", 1), [10, 11], shape, rate);
  const [other] = await masks(squaresKey("masks", 2), [10], shape, rate);
  const keep = 1 - rate, variance = keep * rate;
  // Each z is standard normal where masks are independent; 4 is passed once in 16,000 times.
  const share = (mask: readonly number[]) =>
    (mask.reduce((sum, bit) => sum + bit, 0) - keep * count) / Math.sqrt(count * variance);
  const together = (x: readonly number[], y: (i: number) => number) =>
    x.reduce((sum, bit, i) => sum + (bit - keep) * (y(i) - keep), 0) /
    (Math.sqrt(count) * variance);
  const scores = {
    share: share(a),
    "share of the next step": share(b),
    "next step": together(a, (i) => b[i]),
    "other key": together(a, (i) => other[i]),
    ...Object.fromEntries([1, 2, 8, 256].map((lag) => [
      `neighbour at ${lag}`,
      together(a, (i) => a[(i + lag) % count]),
    ])),
  };
  for (const [what, z] of Object.entries(scores)) {
    assert.ok(Math.abs(z) < 4, `${what}: z = ${z}`);
  }
});

Deno.test("keys are odd and differ", () => {
  const keys = Array.from({ length: 100 }, (_, i) => squaresKey("site", i));
  assert.equal(new Set(keys).size, 100);
  assert.ok(keys.every((key) => key % 2n === 1n && key > 0n && key <= wide));
});
