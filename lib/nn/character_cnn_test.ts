import { strict as assert } from "node:assert";
import { gradients } from "../autodiff/gradients.ts";
import { input } from "../autodiff/leaves.ts";
import { lowerCpu } from "../autodiff/lower_cpu.ts";
import { mul } from "../autodiff/elementwise.ts";
import { reduceSum } from "../autodiff/shapes.ts";
import { CounterRandom } from "../core/random.ts";
import { floatTensor, type HostTensor } from "../onnx/dtype.ts";
import { Session } from "../onnx/session.ts";
import { characterCnn, cnnParameters } from "./character_cnn.ts";

const D = 3, F = 4, T = 6, B = 2;
/** Of each row, the words in it, by their lengths; the rest of a row is padding. */
const rowsOfWords = [[1, 3, 2], [5]];
const words = rowsOfWords.flatMap((lengths, b) =>
  lengths.map((length, i) => ({
    b,
    length,
    first: lengths.slice(0, i).reduce((sum, each) => sum + each, 0),
  }))
);
const random = new CounterRandom("cnn");
const numbers = (size: number) => Float32Array.from({ length: size }, () => random.normal());
const values: Record<string, HostTensor> = {
  x: floatTensor([T * B, D], numbers(T * B * D)),
  "cnn.weight": floatTensor([F, D, 3], numbers(F * D * 3)),
  "cnn.bias": floatTensor([F], numbers(F)),
};
/** Of the loss: one for each value of each word. */
const factors = numbers(words.length * F);
const continues = new Float32Array(T * B).fill(1);
for (const { b, first } of words) continues[first * B + b] = 0;
const lastAt = words.map(({ b, first, length }) => (first + length - 1) * B + b);

/** The formula, written out. */
function expected({ x, "cnn.weight": weight, "cnn.bias": bias }: Record<string, HostTensor>) {
  const at = (tensor: HostTensor, i: number) => Number(tensor.data[i]);
  return words.flatMap(({ b, first, length }) =>
    Array.from({ length: F }, (_, f) => {
      const sums = Array.from({ length }, (_, t) => {
        let sum = at(bias, f);
        for (const [k, place] of [t - 1, t, t + 1].entries()) {
          if (place < 0 || place >= length) continue;
          for (let d = 0; d < D; d++) {
            sum += at(weight, (f * D + d) * 3 + k) * at(x, ((first + place) * B + b) * D + d);
          }
        }
        return sum;
      });
      return Math.tanh(Math.max(...sums));
    })
  );
}

const lossOf = (given: Record<string, HostTensor>) =>
  expected(given).reduce((sum, y, i) => sum + factors[i] * y, 0);

Deno.test("a word is the greatest value of each filter over its own characters, with exact gradients", async () => {
  const tensors = new Map(
    Object.entries(values).map(([name, { dims }]) => [name, input(name, "float32", dims)]),
  );
  const fed = {
    continues: input("continues", "float32", ["T", "B", 1]),
    lastAt: input("lastAt", "int64", ["W"]),
    factors: input("factors", "float32", ["W", F]),
  };
  // Rows of the graph have the same symbols as its sequences.
  const x = input("x", "float32", ["B*T", D]);
  tensors.set("x", x);
  const y = characterCnn(
    (name) => tensors.get(name)!,
    "cnn",
    x,
    fed.continues,
    fed.lastAt,
  );
  const names = Object.keys(values);
  const slopes = gradients(
    reduceSum(mul(y, fed.factors)),
    names.map((name) => tensors.get(name)!),
  );
  const model = lowerCpu("cnn", [...tensors.values(), ...Object.values(fed)], {
    y,
    ...Object.fromEntries(names.map((name, i) => [`grad.${name}`, slopes[i]])),
  });
  const session = await Session.create(model, { threads: 1 });
  const found = await session.run({
    ...values,
    continues: floatTensor([T, B, 1], continues),
    lastAt: { dtype: "int64", dims: [words.length], data: BigInt64Array.from(lastAt, BigInt) },
    factors: floatTensor([words.length, F], factors),
  });
  await session.release();
  expected(values).forEach((value, i) =>
    assert.ok(Math.abs(Number(found.y.data[i]) - value) < 1e-5, `word value ${i}`)
  );
  for (const name of names) {
    const { data, dims } = values[name];
    for (let i = 0; i < data.length; i++) {
      const h = 1e-4;
      const moved = (step: number) => {
        const own = Float64Array.from(data as Float32Array, Number);
        own[i] += step;
        return lossOf({ ...values, [name]: { dtype: "float32", dims, data: own } as never });
      };
      const slope = (moved(h) - moved(-h)) / (2 * h);
      const got = Number(found[`grad.${name}`].data[i]);
      assert.ok(
        Math.abs(got - slope) < 1e-3 * (1 + Math.abs(slope)),
        `${name}[${i}]: ${got}, ${slope}`,
      );
    }
  }
});

Deno.test("filters are named and shaped as torch.nn.Conv1d has them", () => {
  assert.deepEqual(
    cnnParameters("piece_cnn", 30, 20).map(({ name, shape }) => [name, ...shape]),
    [["piece_cnn.weight", 20, 30, 3], ["piece_cnn.bias", 20]],
  );
});
