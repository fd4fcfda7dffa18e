import { strict as assert } from "node:assert";
import { tinyJob, trainOnCpu } from "../train/testdata/tiny_job.ts";
import { AdamW } from "./adamw.ts";
import { BatchGradients } from "./batch_gradients.ts";
import { withRates } from "./parameter_rates.ts";
import { trainingGraphs } from "./training_graphs.ts";

/** The loss and the gradients of a step made of some batches of sentences, in some nothing asked. */
async function gradientsOf(
  groups: readonly number[][],
  accumulate: number,
  dropout: number,
  unasked: readonly number[] = [],
) {
  const { model, config, validation, options, start } = tinyJob({}, { dropout });
  const graphs = trainingGraphs(model.graph(config));
  const optimizer = await AdamW.create(
    withRates(graphs.parameters, options),
    start.initial,
    options,
    graphs.rows.map(({ table }) => table),
  );
  const gradients = await BatchGradients.create(graphs, optimizer, { ...options, accumulate });
  const batches = groups.map((places) => {
    const isUnasked = places.some((place) => unasked.includes(place));
    const examples = places.map((place) =>
      isUnasked ? { ...validation[place], asked: [], gold: [] } : validation[place]
    );
    return model.batch(config, examples, { seed: 1, epoch: 0, places });
  });
  // Twice: what the first left behind must not count.
  await gradients.compute(batches.slice(0, 1), 8);
  const loss = await gradients.compute(batches, 0);
  await gradients.release();
  return { loss, gradients: optimizer.gradients };
}

Deno.test("batches of unlike size give the loss and gradients of one big batch, to 1e-6", async () => {
  const one = await gradientsOf([[0, 1, 2, 3, 4, 5, 6]], 1, 0);
  const many = await gradientsOf([[0, 5, 1], [6], [4, 2, 3]], 4, 0);
  assert.ok(Math.abs(many.loss - one.loss) < 1e-6 * one.loss);
  let compared = 0;
  for (const [name, { data }] of one.gradients) {
    const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const got = many.gradients.get(name)!.data;
    data.forEach((want, i) =>
      assert.ok(
        Math.abs(got[i] - want) <= 1e-6 * Math.max(1, largest),
        `${name}[${i}]: got ${got[i]}, want ${want}`,
      )
    );
    if (largest > 1e-3) compared++;
  }
  assert.ok(compared > 20, `only ${compared} gradients are not tiny`);
});

Deno.test("a batch in which nothing is asked adds nothing", async () => {
  const alone = await gradientsOf([[0, 1]], 2, 0);
  const beside = await gradientsOf([[0, 1], [2, 3]], 2, 0, [2, 3]);
  assert.equal(beside.loss, alone.loss);
  assert.deepEqual(beside.gradients, alone.gradients);
});

Deno.test("the batches of a step have dropout masks of their own", async () => {
  const one = await gradientsOf([[0, 1]], 1, 0.5);
  const twice = await gradientsOf([[0, 1], [0, 1]], 2, 0.5);
  assert.notEqual(one.loss, twice.loss);
});

Deno.test("a training by accumulated batches goes as one by big batches", async () => {
  // 14 sentences in batches of 4, 4, 4, 2: an epoch is one step either way.
  const shape = { count: 14, dropout: 0, recombine: 0 };
  const common = { epochs: 8 };
  const big = await trainOnCpu(tinyJob({ ...common, batchSize: 14 }, shape));
  const small = await trainOnCpu(
    tinyJob({ ...common, batchSize: 4, accumulate: 4 }, shape),
  );
  assert.equal(small.history.length, 8);
  for (const [i, { loss, gradientNorm, asked, pieces, dev }] of small.history.entries()) {
    const want = big.history[i];
    assert.deepEqual([asked, pieces], [want.asked, want.pieces]);
    assertNear(loss, want.loss, `loss of step ${i + 1}`);
    assertNear(gradientNorm, want.gradientNorm, `norm of step ${i + 1}`);
    assertNear(dev!.loss, want.dev!.loss, `dev loss of step ${i + 1}`);
  }
});

Deno.test("an epoch ends with a step of what batches are left", async () => {
  const { history } = await trainOnCpu(
    tinyJob({ epochs: 2, batchSize: 4, accumulate: 3 }, { recombine: 0 }),
  );
  assert.deepEqual(history.map(({ epoch }) => epoch), [1, 1, 2, 2]);
  const asked = history.map((record) => record.asked);
  assert.equal(asked[0] + asked[1], asked[2] + asked[3]);
});

function assertNear(got: number, want: number, what: string): void {
  assert.ok(Math.abs(got - want) <= 1e-6 * Math.max(1, want), `${what}: got ${got}, want ${want}`);
}
