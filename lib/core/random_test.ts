import { strict as assert } from "node:assert";
import { bitsAt, CounterRandom, hashKey } from "./random.ts";

const count = 20_000;
const draw = (random: CounterRandom, length = count) =>
  Array.from({ length }, () => random.uniform());
const mean = (values: number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

/** Pearson's correlation. */
function correlation(a: number[], b: number[]): number {
  const [ma, mb] = [mean(a), mean(b)];
  const covariance = (x: number[], mx: number, y: number[], my: number) =>
    mean(x.map((value, i) => (value - mx) * (y[i] - my)));
  return covariance(a, ma, b, mb) /
    Math.sqrt(covariance(a, ma, a, ma) * covariance(b, mb, b, mb));
}

/** χ² of counts against equal ones. */
function chiSquare(counts: number[]): number {
  const expected = mean(counts);
  return counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
}

Deno.test("a number depends on key and counter alone", () => {
  const key = hashKey("a", 1);
  const random = new CounterRandom("a", 1);
  const bits = Array.from({ length: 100 }, () => random.bits());
  assert.deepEqual(bits, Array.from({ length: 100 }, (_, i) => bitsAt(key, i)));
  assert.equal(bitsAt(key, 57), bits[57]);
  const fork = random.fork("b");
  assert.deepEqual(draw(fork, 5), draw(new CounterRandom("a", 1, "b"), 5));
  assert.equal(random.bits(), bitsAt(key, 100));
});

Deno.test("uniform numbers fill [0, 1) evenly", () => {
  const values = draw(new CounterRandom("uniform"));
  assert.ok(values.every((x) => x >= 0 && x < 1));
  const counts = new Array(100).fill(0);
  values.forEach((x) => counts[Math.floor(x * 100)]++);
  // 99 degrees of freedom: 99.9 % of even sources stay below 148.2.
  assert.ok(chiSquare(counts) < 148.2, `χ² is ${chiSquare(counts)}`);
  assert.ok(Math.abs(correlation(values.slice(1), values.slice(0, -1))) < 4 / Math.sqrt(count));
});

Deno.test("every bit is set half of the time", () => {
  const random = new CounterRandom("bits");
  const set = new Array(32).fill(0);
  for (let i = 0; i < count; i++) {
    const bits = random.bits();
    for (let bit = 0; bit < 32; bit++) set[bit] += (bits >>> bit) & 1;
  }
  for (const n of set) assert.ok(Math.abs(n - count / 2) < 4.5 * Math.sqrt(count / 4), `${n}`);
});

Deno.test("keys that differ little give unrelated streams", () => {
  const keys: (string | number)[][] = [
    ["a", 1],
    ["a", 2],
    ["b", 1],
    [1, "a"],
    ["a", "1"],
    ["a1"],
    ["a", 1, 0],
    [],
  ];
  const streams = keys.map((key) => draw(new CounterRandom(...key)));
  streams.forEach((stream, i) => {
    for (const other of streams.slice(0, i)) {
      assert.ok(Math.abs(correlation(stream, other)) < 4.5 / Math.sqrt(count));
    }
  });
  const many = Array.from({ length: count }, (_, seed) => new CounterRandom(seed).uniform());
  const counts = new Array(100).fill(0);
  many.forEach((x) => counts[Math.floor(x * 100)]++);
  assert.ok(chiSquare(counts) < 148.2, `χ² over seeds is ${chiSquare(counts)}`);
});

Deno.test("integers are even and in range; there is none below 1", () => {
  const random = new CounterRandom("integer");
  const counts = new Array(7).fill(0);
  for (let i = 0; i < count; i++) counts[random.integer(7)]++;
  assert.equal(counts.length, 7);
  // 6 degrees of freedom, 99.9 %.
  assert.ok(chiSquare(counts) < 22.5, `χ² is ${chiSquare(counts)}`);
  for (const below of [0, -1, 1.5, NaN]) assert.throws(() => random.integer(below), RangeError);
});

Deno.test("normal numbers have mean 0, variance 1 and the tails of a normal", () => {
  const random = new CounterRandom("normal");
  const values = Array.from({ length: count }, () => random.normal());
  assert.ok(Math.abs(mean(values)) < 4 / Math.sqrt(count));
  assert.ok(Math.abs(mean(values.map((x) => x * x)) - 1) < 4 * Math.sqrt(2 / count));
  const beyondTwo = values.filter((x) => Math.abs(x) > 2).length / count;
  assert.ok(Math.abs(beyondTwo - 0.0455) < 0.006, `${beyondTwo}`);
});

Deno.test("a shuffle is a permutation, and every place is as likely", () => {
  const items = [0, 1, 2, 3, 4];
  const counts = new Array(25).fill(0);
  for (let seed = 0; seed < 5_000; seed++) {
    const shuffled = new CounterRandom("shuffle", seed).shuffle(items);
    assert.deepEqual([...shuffled].sort(), items);
    shuffled.forEach((item, place) => counts[5 * item + place]++);
  }
  assert.deepEqual(items, [0, 1, 2, 3, 4]);
  // 16 degrees of freedom, 99.9 %.
  assert.ok(chiSquare(counts) < 39.3, `χ² is ${chiSquare(counts)}`);
});
