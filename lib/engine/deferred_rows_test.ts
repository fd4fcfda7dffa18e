import { strict as assert } from "node:assert";
import { CounterRandom } from "../core/random.ts";
import { AdamW } from "./adamw.ts";

const [rows, width, steps] = [9, 6, 300];
const options = { beta1: 0.9, beta2: 0.98, eps: 1e-8, weightDecay: 0.1, clipNorm: 0 };
/** Of a table whose last two rows never have a gradient, beside a dense parameter. */
const parameters = [
  { name: "table", shape: [rows, width], decay: true, rateShare: 0.5 },
  { name: "bias", shape: [3], decay: false, rateShare: 1 },
];
const random = new CounterRandom("deferred rows");
const normals = (count: number) => Float32Array.from({ length: count }, () => random.normal());
const initial = new Map([["table", normals(rows * width)], ["bias", normals(3)]]);
/** Per step: rows with repetitions, their gradients, and the bias's. */
const batches = Array.from({ length: steps }, (_, step) => {
  // Row 6 has a gradient in the first step alone.
  const ids = step === 0
    ? [1, 6, 1]
    : Array.from({ length: random.integer(6) }, () => random.integer(rows - 3));
  return { ids, gradients: normals(ids.length * width), bias: normals(3) };
});
const rateOf = (step: number) => 0.02 * (1 - step / steps);

async function dense(): Promise<AdamW> {
  const optimizer = await AdamW.create(parameters, initial, options);
  batches.forEach(({ ids, gradients, bias }, step) => {
    const table = optimizer.gradients.get("table")!.data.fill(0);
    ids.forEach((id, i) => {
      for (let d = 0; d < width; d++) table[id * width + d] += gradients[i * width + d];
    });
    optimizer.gradients.get("bias")!.data.set(bias);
    optimizer.step(rateOf(step));
  });
  return optimizer;
}

/** The same by rows; stops and is taken up again after `resumed` steps. */
async function byRows(resumed: number): Promise<AdamW> {
  let optimizer = await AdamW.create(parameters, initial, options, ["table"]);
  const rates: number[] = [];
  for (const [step, { ids, gradients, bias }] of batches.entries()) {
    if (step === resumed) {
      const state = [...optimizer.state].map(([name, { data }]) => [name, data.slice()] as const);
      optimizer = await AdamW.create(parameters, initial, options, ["table"]);
      for (const [name, data] of state) optimizer.state.get(name)!.data.set(data);
      optimizer.resume(rates);
    }
    const table = optimizer.tables.get("table")!;
    table.refresh(ids);
    table.add(BigInt64Array.from(ids, BigInt), gradients, 1);
    optimizer.gradients.get("bias")!.data.set(bias);
    rates.push(rateOf(step));
    optimizer.step(rateOf(step));
  }
  return optimizer;
}

Deno.test("rows that are brought up to date when they are read end as with dense AdamW", async () => {
  const [want, got] = [await dense(), await byRows(17)];
  assert.deepEqual([...got.tables.keys()], ["table"]);
  assert.ok(!got.gradients.has("table"));
  const wanted = want.weights.get("table")!.data, table = got.weights.get("table")!.data;
  assert.notDeepEqual([...table], [...wanted], "some rows wait for their next reading");
  got.settle();
  for (const row of [1, 6]) {
    const place = [row * width, (row + 1) * width] as const;
    assert.deepEqual([...table.slice(...place)], [...wanted.slice(...place)], "bit for bit");
  }
  // Decay before a row's first gradient is one factor instead of one a step: rounding differs.
  for (let i = 0; i < table.length; i++) {
    assert.ok(Math.abs(table[i] / wanted[i] - 1) < 1e-6, `[${i}]: ${table[i]} and ${wanted[i]}`);
    assert.notEqual(table[i], initial.get("table")![i]);
  }
  assert.deepEqual([...got.weights.get("bias")!.data], [...want.weights.get("bias")!.data]);
});

Deno.test("a step that is not taken leaves no gradient behind", async () => {
  const optimizer = await AdamW.create(parameters, initial, options, ["table"]);
  const table = optimizer.tables.get("table")!;
  table.add(BigInt64Array.of(2n), new Float32Array(width).fill(NaN), 1);
  optimizer.gradients.get("bias")!.data.fill(0);
  assert.ok(Number.isNaN(optimizer.step(0.1)));
  assert.equal(optimizer.step(0.1), 0);
  optimizer.settle();
  assert.ok(optimizer.weights.get("table")!.data.every(Number.isFinite));
});
