import { strict as assert } from "node:assert";
import recorded from "../../tests/fixtures/lstm.json" with { type: "json" };
import { cast, mul } from "../autodiff/elementwise.ts";
import { gradients } from "../autodiff/gradients.ts";
import { checkGradients } from "../autodiff/gradient_check.ts";
import { input } from "../autodiff/leaves.ts";
import { lowerCpu } from "../autodiff/lower_cpu.ts";
import { lowerWebgpu } from "../autodiff/lower_webgpu.ts";
import { reduceSum } from "../autodiff/shapes.ts";
import { floatTensor } from "../onnx/dtype.ts";
import { Session } from "../onnx/session.ts";
import { bidirectionalLstm, bothWays, lstmParameters, lstmStates } from "./lstm.ts";

type Case = typeof recorded.cases[number];

/** Where each sequence lies: several in a row of `room` entries, in their order. */
function places(lengths: readonly number[], room: number) {
  const used: number[] = [];
  return lengths.map((length) => {
    const free = used.findIndex((filled) => filled + length <= room);
    const row = free < 0 ? used.push(0) - 1 : free;
    used[row] += length;
    return { row, offset: used[row] - length };
  });
}

/** Runs a recorded case, and gives outputs and gradients in PyTorch's order [S, T, ...]. */
async function run(check: Case, room: number) {
  const { lengths, input: width, hidden, layers } = check;
  const longest = Math.max(...lengths), at = places(lengths, room);
  const B = 1 + Math.max(...at.map(({ row }) => row));
  /** For each entry of each sequence its row t·B + b here and its place in the recording. */
  const entries = lengths.flatMap((length, s) =>
    Array.from({ length }, (_, t) => ({
      here: (at[s].offset + t) * B + at[s].row,
      there: s * longest + t,
      isFirst: t === 0,
      isLast: t === length - 1,
    }))
  );
  const packed = (values: readonly number[], size: number) => {
    // What lies in no sequence must not matter.
    const data = new Float32Array(room * B * size).fill(0.3);
    for (const { here, there } of entries) {
      data.set(values.slice(there * size, (there + 1) * size), here * size);
    }
    return floatTensor([room * B, size], data);
  };
  const unpacked = (data: ArrayLike<number>, size: number) => {
    const values = new Array(lengths.length * longest * size).fill(0);
    for (const { here, there } of entries) {
      for (let i = 0; i < size; i++) values[there * size + i] = data[here * size + i];
    }
    return values;
  };
  const cotangentData = packed(check.cotangent, 2 * hidden);
  const continues = { forward: new Float32Array(room * B), backward: new Float32Array(room * B) };
  const isEntry = new Set(entries.map(({ here }) => here));
  for (let i = 0; i < room * B; i++) {
    if (!isEntry.has(i)) cotangentData.data.fill(0, i * 2 * hidden, (i + 1) * 2 * hidden);
  }
  for (const { here, isFirst, isLast } of entries) {
    continues.forward[here] = isFirst ? 0 : 1;
    continues.backward[here] = isLast ? 0 : 1;
  }
  const shape = { input: width, hidden, layers };
  const specs = lstmParameters("lstm", shape);
  const parameters = new Map(
    specs.map(({ name, shape }) => [name, input(name, "float32", shape)]),
  );
  const x = input("x", "float32", ["B*T", width]);
  const cotangent = input("cotangent", "float32", ["B*T", 2 * hidden]);
  const k = (name: string) => input(name, "float32", ["T", "B", 1]);
  const masks = { forward: k("forward"), backward: k("backward") };
  const states = bidirectionalLstm((name) => parameters.get(name)!, "lstm", x, masks, shape);
  const y = bothWays(states.at(-1)!);
  const wrt = [x, ...parameters.values()];
  const parts = gradients(reduceSum(mul(y, cotangent)), wrt);
  const session = await Session.create(
    lowerCpu("lstm", [...wrt, cotangent, masks.forward, masks.backward], {
      y,
      ...Object.fromEntries(wrt.map(({ name }, i) => [`grad.${name}`, parts[i]])),
    }),
    { threads: 1 },
  );
  const values = check.parameters as Record<string, { value: number[]; gradient: number[] }>;
  const found = await session.run({
    x: packed(check.x, width),
    cotangent: cotangentData,
    forward: floatTensor([room, B, 1], continues.forward),
    backward: floatTensor([room, B, 1], continues.backward),
    ...Object.fromEntries(specs.map(({ name, shape }) => [
      name,
      floatTensor(shape, Float32Array.from(values[name.slice("lstm.".length)].value)),
    ])),
  });
  await session.release();
  const data = (name: string) => found[name].data as Float32Array;
  return {
    outputs: unpacked(data("y"), 2 * hidden),
    xGradient: unpacked(data("grad.x"), width),
    parameters: Object.fromEntries(
      specs.map(({ name }) => [name.slice("lstm.".length), [...data(`grad.${name}`)]]),
    ),
    rows: B,
  };
}

function assertClose(got: readonly number[], wanted: readonly number[], what: string) {
  assert.equal(got.length, wanted.length, what);
  got.forEach((value, i) =>
    assert.ok(
      Math.abs(value - wanted[i]) <= recorded.tolerance * Math.max(1, Math.abs(wanted[i])),
      `${what}[${i}]: ${value} and ${wanted[i]}`,
    )
  );
}

for (const check of recorded.cases) {
  const longest = Math.max(...check.lengths);
  const total = check.lengths.reduce((a, b) => a + b, 0);
  for (const room of [longest, longest + 2, total]) {
    Deno.test(`${check.name}, rows of ${room}: states and gradients match PyTorch's`, async () => {
      const got = await run(check, room);
      if (room === total) assert.equal(got.rows, 1);
      assertClose(got.outputs, check.outputs, "outputs");
      assertClose(got.xGradient, check.xGradient, "the gradient of x");
      for (const [name, { gradient }] of Object.entries(check.parameters)) {
        assertClose(got.parameters[name], gradient, `the gradient of ${name}`);
      }
    });
  }
}

for (const reverse of [false, true]) {
  const float = (...dims: (number | string)[]) =>
    ({ dtype: "float32", dims, from: (random: { normal(): number }) => random.normal() }) as const;
  const check = (T: number | string) => ({
    name: "states",
    inputs: {
      gates: float(typeof T === "number" ? "3*B" : "B*T", 8),
      weight: float(8, 2),
      continues: { dtype: "bool", dims: [T, "B", 1], values: [1, 0, 1, 1, 0, 1] } as const,
    },
    build: ({ gates, weight, continues }: Record<string, ReturnType<typeof input>>) =>
      lstmStates(gates, weight, cast(continues, "float32"), reverse),
  });
  const way = reverse ? "from the end" : "from the start";
  Deno.test(`states ${way}: gradients match finite differences`, () =>
    checkGradients(check("T"), { lower: lowerCpu, provider: "cpu" }));
  Deno.test(`states ${way} of known length, unrolled: gradients match finite differences`, () =>
    checkGradients(check(3), { lower: lowerWebgpu, provider: "cpu" }));
}
