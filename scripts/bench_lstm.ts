/**
 * A bidirectional LSTM layer, forward and backward on one thread, beside PyTorch's on the same
 * sequences: `deno run -A scripts/bench_lstm.ts [--python PYTHON]`. PyTorch's is given padded and
 * packed; ours in rows that hold several sequences.
 *
 * @module
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { mul } from "../lib/autodiff/elementwise.ts";
import { gradients } from "../lib/autodiff/gradients.ts";
import { input } from "../lib/autodiff/leaves.ts";
import { lowerCpu } from "../lib/autodiff/lower_cpu.ts";
import { reduceSum } from "../lib/autodiff/shapes.ts";
import { CounterRandom } from "../lib/core/random.ts";
import { packRows } from "../lib/models/encoder/row_packing.ts";
import { bidirectionalLstm, bothWays, lstmParameters } from "../lib/nn/lstm.ts";
import { floatTensor } from "../lib/onnx/dtype.ts";
import { Session } from "../lib/onnx/session.ts";

const repetitions = 20;
const random = new CounterRandom("bench lstm");
const lengths = (count: number, least: number, most: number) =>
  Array.from(
    { length: count },
    (_, i) => i === 0 ? most : least + Math.floor((most - least + 1) * random.uniform()),
  );

/** Sentences of words, and words of pieces, of which most are short. */
const cases = [
  { name: "sentences", width: 200, lengths: lengths(32, 10, 40) },
  { name: "sentences", width: 64, lengths: lengths(32, 10, 40) },
  {
    name: "words",
    width: 64,
    lengths: lengths(400, 1, 20).map((length) => Math.ceil(length ** 2 / 20)),
  },
];

/** Least and median processor time of a forward and a backward pass, in ms. */
async function ours(width: number, lengths: readonly number[]): Promise<[number, number]> {
  const { B, T, places } = packRows(lengths);
  const specs = lstmParameters("lstm", { input: width, hidden: width, layers: 1 });
  const parameters = new Map(specs.map(({ name, shape }) => [name, input(name, "float32", shape)]));
  const x = input("x", "float32", ["B*T", width]);
  const cotangent = input("cotangent", "float32", ["B*T", 2 * width]);
  const [forward, backward] = ["forward", "backward"].map((name) =>
    input(name, "float32", ["T", "B", 1])
  );
  const [states] = bidirectionalLstm(
    (name) => parameters.get(name)!,
    "lstm",
    x,
    { forward, backward },
    { input: width, hidden: width, layers: 1 },
  );
  const wrt = [x, ...parameters.values()];
  const parts = gradients(reduceSum(mul(bothWays(states), cotangent)), wrt);
  const model = lowerCpu(
    "lstm",
    [...wrt, cotangent, forward, backward],
    Object.fromEntries(wrt.map(({ name }, i) => [`grad.${name}`, parts[i]])),
  );
  const drawn = (dims: readonly number[], size: number) =>
    floatTensor(
      dims,
      Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => size * random.normal()),
    );
  const continues = [new Float32Array(T * B), new Float32Array(T * B)];
  lengths.forEach((length, i) => {
    for (let t = 0; t < length; t++) {
      const at = (places[i].offset + t) * B + places[i].row;
      continues[0][at] = t > 0 ? 1 : 0;
      continues[1][at] = t < length - 1 ? 1 : 0;
    }
  });
  const session = await Session.create(model, { threads: 1 });
  const feeds = {
    x: drawn([T * B, width], 1),
    cotangent: drawn([T * B, 2 * width], 1),
    forward: floatTensor([T, B, 1], continues[0]),
    backward: floatTensor([T, B, 1], continues[1]),
    ...Object.fromEntries(specs.map(({ name, shape }) => [name, drawn(shape, 0.05)])),
  };
  const times: number[] = [];
  for (let i = 0; i < repetitions; i++) {
    const before = process.cpuUsage();
    await session.run(feeds);
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  await session.release();
  times.sort((a, b) => a - b);
  return [times[0], times[repetitions >> 1]];
}

/** The same of torch.nn.LSTM, padded and packed. */
async function theirs(python: string, width: number, lengths: readonly number[]) {
  const script = fileURLToPath(new URL("./references/bench_lstm.py", import.meta.url));
  const { stdout, success } = await new Deno.Command(python, {
    args: [script, String(width), JSON.stringify(lengths), String(repetitions)],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot run ${script} with ${python}`);
  return JSON.parse(new TextDecoder().decode(stdout)) as Record<string, [number, number]>;
}

const { values: { python } } = parseArgs({ options: { python: { type: "string" } } });
for (const { name, width, lengths } of cases) {
  const shown = (times: readonly number[]) => times.map((ms) => ms.toFixed(1)).join(", ");
  console.log(`${lengths.length} ${name}, width ${width}: least and median CPU time in ms`);
  console.log(`  crosstie ${shown(await ours(width, lengths))}`);
  if (python === undefined) continue;
  for (const [way, times] of Object.entries(await theirs(python, width, lengths))) {
    console.log(`  torch, ${way} ${shown(times)}`);
  }
}
