import { strict as assert } from "node:assert";
import { inputIdScheme } from "../models/encoder/families.ts";
import { initialise } from "../nn/parameters.ts";
import { tokenClassifierGraphs } from "../models/encoder/token_classifier.ts";
import { assembleBatch, type Batch, noLabel } from "../text/batching.ts";
import { AdamW } from "./adamw.ts";
import { BatchGradients } from "./batch_gradients.ts";
import { withRates } from "./parameter_rates.ts";
import { tinyJob } from "../train/testdata/tiny_job.ts";
import { trainEncoder } from "../train/trainer.ts";

/** The loss and the gradients of a step made of some batches of sentences, some without labels. */
async function gradientsOf(
  groups: readonly number[][],
  accumulate: number,
  dropout: number,
  unlabelled: readonly number[] = [],
) {
  const { config, labels, validation, options } = tinyJob({}, { dropout });
  const graphs = tokenClassifierGraphs(config, labels.length, { embeddingGradients: "rows" });
  const optimizer = await AdamW.create(
    withRates(graphs.parameters, options),
    initialise(graphs.parameters, 1),
    options,
    graphs.embeddingTables,
  );
  const gradients = await BatchGradients.create(graphs, optimizer, { ...options, accumulate });
  const none = { ...validation, labels: validation.labels.map(() => noLabel) };
  const batches = groups.map((group): Batch =>
    assembleBatch(
      group.some((sentence) => unlabelled.includes(sentence)) ? none : validation,
      group,
      inputIdScheme(config),
    )
  );
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

Deno.test("a batch without labels adds nothing", async () => {
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
  const shape = { count: 14, dropout: 0 };
  const common = { epochs: 8, recombineNames: 0 };
  const big = await trainEncoder(tinyJob({ ...common, batchSize: 14 }, shape));
  const small = await trainEncoder(
    tinyJob({ ...common, batchSize: 4, accumulate: 4 }, shape),
  );
  assert.equal(small.history.length, 8);
  for (const [i, { loss, gradientNorm, words, pieces, dev }] of small.history.entries()) {
    const want = big.history[i];
    assert.deepEqual([words, pieces], [want.words, want.pieces]);
    assertNear(loss, want.loss, `loss of step ${i + 1}`);
    assertNear(gradientNorm, want.gradientNorm, `norm of step ${i + 1}`);
    assertNear(dev!.loss, want.dev!.loss, `dev loss of step ${i + 1}`);
  }
});

Deno.test("an epoch ends with a step of what batches are left", async () => {
  const { history } = await trainEncoder(
    tinyJob({ epochs: 2, batchSize: 4, accumulate: 3, recombineNames: 0 }),
  );
  assert.deepEqual(history.map(({ epoch }) => epoch), [1, 1, 2, 2]);
  const words = history.map(({ words }) => words);
  assert.equal(words[0] + words[1], words[2] + words[3]);
});

function assertNear(got: number, want: number, what: string): void {
  assert.ok(Math.abs(got - want) <= 1e-6 * Math.max(1, want), `${what}: got ${got}, want ${want}`);
}
