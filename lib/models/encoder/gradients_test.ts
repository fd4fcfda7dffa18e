import { strict as assert } from "node:assert";
import { evaluateDims } from "../../autodiff/dims.ts";
import { CounterRandom } from "../../core/random.ts";
import type { HostTensor } from "../../onnx/dtype.ts";
import { Session } from "../../onnx/session.ts";
import { type EncoderConfig, parseEncoderConfig } from "./config.ts";
import { type TrainingGraphs, trainingGraphs } from "../../engine/training_graphs.ts";
import { maskedHead } from "../masked/head.ts";
import { encoderGraph } from "./graph.ts";
import type { Head } from "./heads/head.ts";
import { initialise } from "../../nn/parameters.ts";
import { sequenceHead } from "./heads/sequence.ts";
import { tokenHead } from "./heads/token.ts";
import { paddingBias } from "./testdata/padding_bias.ts";

const numLabels = 5;

function tinyConfig(dropout: number): EncoderConfig {
  return parseEncoderConfig({
    model_type: "xlm-roberta",
    vocab_size: 23,
    hidden_size: 12,
    num_hidden_layers: 2,
    num_attention_heads: 3,
    intermediate_size: 20,
    max_position_embeddings: 12,
    type_vocab_size: 2,
    hidden_dropout_prob: dropout,
    attention_probs_dropout_prob: dropout,
    // Large enough for attention to be far from uniform.
    initializer_range: 0.4,
  });
}

/** Three sentences of 7, 4 and 2 tokens, with `padding` columns behind the longest. */
function batchOf(padding: number): Record<string, HostTensor> {
  const lengths = [7, 4, 2];
  const [rows, columns] = [lengths.length, Math.max(...lengths) + padding];
  const random = new CounterRandom("batch");
  const inputIds = new BigInt64Array(rows * columns).fill(1n);
  const positionIds = new BigInt64Array(rows * columns).fill(1n);
  const labelPositions: bigint[] = [], labels: bigint[] = [];
  lengths.forEach((length, row) => {
    for (let token = 0; token < length; token++) {
      const at = row * columns + token;
      inputIds[at] = BigInt(2 + random.integer(21));
      positionIds[at] = BigInt(2 + token);
      if (token % 2 === 1) continue;
      labelPositions.push(BigInt(at));
      labels.push(BigInt(random.integer(numLabels)));
    }
  });
  const int64 = (dims: number[], data: BigInt64Array): HostTensor => ({
    dtype: "int64",
    dims,
    data,
  });
  return {
    inputIds: int64([rows, columns], inputIds),
    positionIds: int64([rows, columns], positionIds),
    attentionBias: {
      dtype: "float32",
      dims: [rows, 1, columns, columns],
      data: paddingBias(rows, columns, (at) => at % columns >= lengths[Math.floor(at / columns)]),
    },
    labelPositions: int64([labels.length], BigInt64Array.from(labelPositions)),
    labels: int64([labels.length], BigInt64Array.from(labels)),
  };
}

/** Every parameter, with LayerNorm and biases moved away from ones and zeros. */
function parametersFor(graphs: TrainingGraphs): Record<string, HostTensor> {
  const values = initialise(graphs.parameters, 7);
  return Object.fromEntries(graphs.parameters.map(({ name, shape, decay }) => {
    const data = values.get(name) ?? new Float32Array();
    const random = new CounterRandom("perturbation", name);
    if (!decay) data.forEach((value, i) => data[i] = value + 0.2 * random.normal());
    return [name, { dtype: "float32", dims: shape, data }];
  }));
}

function masksFor(graphs: TrainingGraphs, batch: Record<string, HostTensor>) {
  const [B, T] = batch.inputIds.dims;
  const [M] = batch.labels.dims;
  return Object.fromEntries(
    graphs.graph.dropout.sites.map(({ name, dims, rate }): [string, HostTensor] => {
      const sizes = evaluateDims(dims, { B, T, M });
      const random = new CounterRandom("mask", name);
      const data = Uint8Array.from(
        { length: sizes.reduce((a, b) => a * b) },
        () => Number(random.uniform() >= rate),
      );
      return [name, { dtype: "bool", dims: sizes, data }];
    }),
  );
}

const slicing = { width: 4, trainClassifier: true };
const denseGraphs = (config: EncoderConfig, head: Head) =>
  trainingGraphs(encoderGraph(config, head), { tableGradients: "dense" });
const [wet, dry] = [tinyConfig(0.25), tinyConfig(0)];
const differentiated: [string, TrainingGraphs][] = [
  ["tokens, dropout 0", denseGraphs(dry, tokenHead(dry, numLabels))],
  ["tokens, dropout 0.25", denseGraphs(wet, tokenHead(wet, numLabels))],
  ["slices, dropout 0.25", denseGraphs(wet, tokenHead(wet, numLabels, slicing))],
  ["sequences, dropout 0.25", denseGraphs(wet, sequenceHead(wet, numLabels))],
  ["masked words, dropout 0.25", denseGraphs(wet, maskedHead(wet))],
];

for (const [what, graphs] of differentiated) {
  Deno.test(`every parameter's gradient matches finite differences: ${what}`, async () => {
    const session = await Session.create(graphs.training, { threads: 1 });
    const batch = batchOf(1);
    const parameters = parametersFor(graphs);
    const feeds = { ...batch, ...parameters, ...masksFor(graphs, batch) };
    const lossAt = async () => (await session.run(feeds)).loss.data[0] as number;
    const outputs = await session.run(feeds);
    for (const { name, shape } of graphs.parameters) {
      const gradient = outputs[`grad.${name}`];
      assert.deepEqual(gradient.dims, shape);
      const values = parameters[name].data as Float32Array;
      const start = values.slice();
      const random = new CounterRandom("direction", name);
      const direction = Float32Array.from(values, () => random.uniform() < 0.5 ? -1 : 1);
      const along = async (step: number) => {
        values.forEach((_, i) => values[i] = start[i] + step * direction[i]);
        return await lossAt();
      };
      // Central differences of order 4
      const h = 4e-3;
      const near = await along(h) - await along(-h), far = await along(2 * h) - await along(-2 * h);
      const numeric = (8 * near - far) / (12 * h);
      values.set(start);
      const slope = direction.reduce((sum, d, i) => sum + d * Number(gradient.data[i]), 0);
      const norm = Math.hypot(...Array.from(gradient.data, Number));
      const error = Math.abs(numeric - slope);
      // Differences enlarge the loss's rounding, of up to 2⁻²² of it, by 18 / 12h.
      const rounding = 2 ** -22 * 18 / (12 * h) * Number(outputs.loss.data[0]);
      assert.ok(
        error <= 2e-3 * norm + Math.max(1e-4, rounding),
        `${name}: got ${slope} and ${numeric} by differences, norm ${norm}`,
      );
    }
    await session.release();
  });
}

Deno.test("padded columns change neither loss nor gradients", async () => {
  const graphs = denseGraphs(dry, tokenHead(dry, numLabels));
  const session = await Session.create(graphs.training, { threads: 1 });
  const parameters = parametersFor(graphs);
  const plain = await session.run({ ...batchOf(0), ...parameters });
  const padded = await session.run({ ...batchOf(3), ...parameters });
  for (const [name, { data }] of Object.entries(plain)) {
    const values = Array.from(data, Number);
    values.forEach((value, i) => {
      const other = Number(padded[name].data[i]);
      assert.ok(Math.abs(other - value) <= 1e-6, `${name}[${i}]: got ${other} and ${value}`);
    });
  }
  await session.release();
});

Deno.test("dropout sites name every mask, and none is left at rate 0", () => {
  const sitesAt = (rate: number) => {
    const config = tinyConfig(rate);
    return encoderGraph(config, tokenHead(config, numLabels)).dropout.sites;
  };
  const dropoutSites = sitesAt(0.1);
  const rate = 26 / 256;
  assert.deepEqual(dropoutSites.slice(0, 4), [
    { name: "dropout.embeddings", dims: ["B*T", 12], rate },
    { name: "dropout.layer.0.attention", dims: ["B", 3, "T", "T"], rate },
    { name: "dropout.layer.0.attentionOutput", dims: ["B*T", 12], rate },
    { name: "dropout.layer.0.output", dims: ["B*T", 12], rate },
  ]);
  assert.deepEqual(dropoutSites.slice(7), [{ name: "dropout.classifier", dims: ["M", 12], rate }]);
  assert.deepEqual(sitesAt(0), []);
});

Deno.test("embedding rows add up to the dense gradients of both tables", async () => {
  const graph = encoderGraph(dry, tokenHead(dry, numLabels));
  const dense = trainingGraphs(graph, { tableGradients: "dense" });
  const sparse = trainingGraphs(graph);
  const tables = ["word", "position"].map((table) =>
    `roberta.embeddings.${table}_embeddings.weight`
  );
  // Both are looked up into one sum, which has one gradient.
  assert.deepEqual(
    sparse.rows,
    tables.map((table) => ({ table, output: "grad.rows.0" })),
  );
  const batch = batchOf(1);
  const feeds = { ...batch, ...parametersFor(dense) };
  const [wanted, got] = await Promise.all([dense, sparse].map(async ({ training }) => {
    const session = await Session.create(training, { threads: 1 });
    const results = await session.run(feeds);
    await session.release();
    return results;
  }));
  const { dims: [, D], data: rows } = got["grad.rows.0"];
  const [B, T] = batch.inputIds.dims;
  for (const [table, ids] of [["word", batch.inputIds], ["position", batch.positionIds]] as const) {
    const name = `grad.roberta.embeddings.${table}_embeddings.weight`;
    assert.ok(!(name in got));
    const sums = new Float64Array(wanted[name].data.length);
    for (let t = 0; t < T; t++) {
      for (let b = 0; b < B; b++) {
        const to = Number(ids.data[b * T + t]) * D, from = (t * B + b) * D;
        for (let d = 0; d < D; d++) sums[to + d] += Number(rows[from + d]);
      }
    }
    sums.forEach((sum, i) => assert.ok(Math.abs(sum - Number(wanted[name].data[i])) < 1e-6));
  }
  const others = Object.keys(wanted).filter((name) => name in got);
  assert.equal(others.length, Object.keys(wanted).length - 2);
  for (const name of others) assert.deepEqual(got[name], wanted[name]);
});
