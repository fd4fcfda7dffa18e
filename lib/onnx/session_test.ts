import { strict as assert } from "node:assert";
import type { HostTensor } from "./dtype.ts";
import { GraphBuilder } from "./graph.ts";
import { Session } from "./session.ts";

function gemmModel(): Uint8Array {
  const graph = new GraphBuilder("gemm");
  const x = graph.input("x", "float32", ["N", 2]);
  const bias = graph.input("bias", "float32", ["N", 3]);
  const weight = graph.initializer("w", "float32", [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6));
  graph.output("y", graph.node("Gemm", [x, weight, bias]), "float32", ["N", 3]);
  return graph.encode();
}

function float32(dims: number[], ...values: number[]): HostTensor {
  return { dtype: "float32", dims, data: Float32Array.from(values) };
}

const feeds = { x: float32([1, 2], 1, 10), bias: float32([1, 3], 0, 0, 1) };

Deno.test("run computes and declares inputs and outputs with symbolic dims", async () => {
  const session = await Session.create(gemmModel(), { threads: 1, allowSpinning: false });
  assert.deepEqual(session.inputs[0], { name: "x", dtype: "float32", dims: ["N", 2] });
  const { y } = await session.run(feeds);
  assert.deepEqual(y.dims, [1, 3]);
  assert.deepEqual([...y.data], [41, 52, 64]);
  await session.release();
});

Deno.test("run writes preallocated outputs in place, also in WebAssembly memory", async () => {
  const session = await Session.create(gemmModel(), { threads: 1 });
  const memory = new WebAssembly.Memory({ initial: 1 });
  const input = new Float32Array(memory.buffer, 64, 2);
  const output = new Float32Array(memory.buffer, 1024, 3);
  input.set([1, 10]);
  const y: HostTensor = { dtype: "float32", dims: [1, 3], data: output };
  const x: HostTensor = { dtype: "float32", dims: [1, 2], data: input };
  const results = await session.run({ ...feeds, x }, { y });
  assert.equal(results.y, y);
  assert.deepEqual([...output], [41, 52, 64]);
  await session.release();
});

const mistakes: { what: string; feeds: Record<string, HostTensor>; message: string }[] = [
  {
    what: "a wrong name",
    feeds: { ...feeds, z: feeds.x },
    message: 'Cannot run model as input names must be its own: got "z" and "x", "bias"',
  },
  {
    what: "a missing input",
    feeds: { x: feeds.x },
    message: 'Cannot run model as every input must be fed: got "x" and "bias" is missing',
  },
  {
    what: "a wrong dtype",
    feeds: { ...feeds, x: { dtype: "int64", dims: [1, 2], data: BigInt64Array.of(1n, 2n) } },
    message: 'Cannot run model as the dtype of input "x" must match: ' +
      "got int64 in a BigInt64Array and float32",
  },
  {
    what: "a wrong rank",
    feeds: { ...feeds, x: float32([2], 1, 2) },
    message: 'Cannot run model as the rank of input "x" must match: got [2] and [N, 2]',
  },
  {
    what: "a wrong dim",
    feeds: { ...feeds, x: float32([1, 3], 1, 2, 3) },
    message: 'Cannot run model as the dims of input "x" must match: got [1, 3] and [N, 2]',
  },
  {
    what: "a symbol with two sizes",
    feeds: { ...feeds, x: float32([2, 2], 1, 2, 3, 4) },
    message: 'Cannot run model as "N" must be the same everywhere: got 1 in "bias" and 2 in "x"',
  },
  {
    what: "a wrong number of elements",
    feeds: { ...feeds, x: float32([1, 2], 1) },
    message: 'Cannot run model as the size of input "x" must match its dims: ' +
      "got 1 elements and [1, 2]",
  },
];

for (const { what, feeds, message } of mistakes) {
  Deno.test(`run rejects ${what}`, async () => {
    const session = await Session.create(gemmModel(), { threads: 1 });
    await assert.rejects(session.run(feeds), { message });
    await session.release();
  });
}

Deno.test("create rejects bytes that are no model and keeps the cause", async () => {
  await assert.rejects(
    Session.create(Uint8Array.of(1, 2, 3)),
    (error: Error) =>
      error.message.startsWith("Cannot load model as") && error.cause instanceof Error,
  );
});
