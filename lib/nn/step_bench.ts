/**
 * The rate of a training step's matrix products, beside that of plain products of the same shapes.
 *
 * @module
 */
import { evaluateDims } from "../autodiff/dims.ts";
import { input } from "../autodiff/leaves.ts";
import { lowerCpu } from "../autodiff/lower_cpu.ts";
import { gemm } from "../autodiff/products.ts";
import { CounterRandom } from "../core/random.ts";
import type { HostTensor } from "../onnx/dtype.ts";
import { Session } from "../onnx/session.ts";
import { type EncoderConfig, parseEncoderConfig } from "./config.ts";
import { initialise } from "./parameters.ts";
import { tokenClassifierGraphs } from "./token_classifier.ts";

const sizes = { B: 32, T: 64, M: 1024 };
const threads = navigator.hardwareConcurrency;

const small = parseEncoderConfig({
  model_type: "xlm-roberta",
  vocab_size: 8000,
  hidden_size: 128,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  intermediate_size: 512,
  max_position_embeddings: 130,
});
const wide = { ...small, hidden_size: 768, num_attention_heads: 12, intermediate_size: 3072 };

/** Floating-point operations of all products of a step: forward, and twice that backward. */
function productOperations(
  { hidden_size: D, intermediate_size: F, num_hidden_layers }: EncoderConfig,
) {
  const rows = sizes.B * sizes.T;
  const perLayer = 2 * rows * (4 * D * D + 2 * D * F) + 4 * rows * sizes.T * D;
  return 3 * num_hidden_layers * perLayer;
}

function int64(dims: number[], value: (i: number) => number): HostTensor {
  const length = dims.reduce((a, b) => a * b);
  return { dtype: "int64", dims, data: BigInt64Array.from({ length }, (_, i) => BigInt(value(i))) };
}

function float32(dims: readonly number[], data: Float32Array): HostTensor {
  return { dtype: "float32", dims, data };
}

async function stepOf(config: EncoderConfig): Promise<() => Promise<unknown>> {
  const graphs = tokenClassifierGraphs(config, 7);
  const session = await Session.create(graphs.training, { threads });
  const random = new CounterRandom("bench");
  const { B, T, M } = sizes;
  const feeds: Record<string, HostTensor> = {
    inputIds: int64([B, T], () => 2 + random.integer(config.vocab_size - 2)),
    positionIds: int64([B, T], (i) => 2 + i % T),
    attentionBias: float32([B, 1, T, T], new Float32Array(B * T * T)),
    labelPositions: int64([M], (i) => i * (B * T / M)),
    labels: int64([M], () => random.integer(7)),
  };
  for (const { name, dims, rate } of graphs.dropoutSites) {
    const shape = evaluateDims(dims, sizes);
    const data = new Uint8Array(shape.reduce((a, b) => a * b));
    for (let i = 0; i < data.length; i++) data[i] = Number(random.uniform() >= rate);
    feeds[name] = { dtype: "bool", dims: shape, data };
  }
  const values = initialise(graphs.parameters, 1);
  const gradients: Record<string, HostTensor> = {};
  for (const { name, shape } of graphs.parameters) {
    const data = values.get(name) ?? new Float32Array();
    feeds[name] = float32(shape, data);
    gradients[`grad.${name}`] = float32(shape, new Float32Array(data.length));
  }
  return () => session.run(feeds, gradients);
}

/** The three products of a layer D → F on rows: forward, and both backward. */
async function productsOf({ hidden_size: D, intermediate_size: F }: EncoderConfig) {
  const N = sizes.B * sizes.T;
  const [x, dy] = [input("x", "float32", [N, D]), input("dy", "float32", [N, F])];
  const weight = input("weight", "float32", [F, D]);
  const model = lowerCpu("products", [x, dy, weight], {
    y: gemm(x, weight, { transB: true }),
    dx: gemm(dy, weight),
    dw: gemm(dy, x, { transA: true }),
  });
  const session = await Session.create(model, { threads });
  const tensor = (...dims: number[]) =>
    float32(dims, new Float32Array(dims[0] * dims[1]).fill(0.5));
  const feeds = { x: tensor(N, D), dy: tensor(N, F), weight: tensor(F, D) };
  const outputs = { y: tensor(N, F), dx: tensor(N, D), dw: tensor(F, D) };
  return { run: () => session.run(feeds, outputs), operations: 6 * N * D * F };
}

const fastest = new Map<string, number>();

function bench(name: string, operations: number, run: () => Promise<unknown>): void {
  Deno.bench(name, async () => {
    const start = performance.now();
    await run();
    const rate = operations / (performance.now() - start) / 1e6;
    fastest.set(name, Math.max(rate, fastest.get(name) ?? 0));
  });
}

for (const config of [small, wide]) {
  const what = `${config.num_hidden_layers} layers × ${config.hidden_size}, B 32 × T 64`;
  const products = await productsOf(config);
  bench(`products, ${what}`, products.operations, products.run);
  bench(`step, ${what}`, productOperations(config), await stepOf(config));
}

addEventListener("unload", () => {
  for (const [name, rate] of fastest) console.log(`${name}: ${rate.toFixed(0)} GFLOP/s at best`);
});
