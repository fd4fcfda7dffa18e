/**
 * Floating-point operations of a step's matrix products, and the rate of plain ones.
 *
 * @module
 */
import { input } from "../../lib/autodiff/leaves.ts";
import { lowerCpu } from "../../lib/autodiff/lower_cpu.ts";
import type { Tensor } from "../../lib/autodiff/primitive.ts";
import { gemm } from "../../lib/autodiff/products.ts";
import type { EncoderConfig } from "../../lib/models/encoder/config.ts";
import type { HostTensor } from "../../lib/onnx/dtype.ts";
import { Session } from "../../lib/onnx/session.ts";

/**
 * The operations of the products on B sentences or rows of T pieces, padding included: forward, and
 * twice that backward. The classifier's, on labelled pieces alone, are left out.
 */
export function executedOperations(
  { hidden_size: D, intermediate_size: F, num_hidden_layers }: EncoderConfig,
  { B, T }: { readonly B: number; readonly T: number },
): number {
  const linear = 2 * B * T * (4 * D * D + 2 * D * F);
  const attention = 4 * B * T * T * D;
  return 3 * num_hidden_layers * (linear + attention);
}

/** Measures the rate of plain products. */
export interface ProductRate {
  /** Floating-point operations a second. */
  measure(): Promise<number>;
  release(): Promise<void>;
}

/** Operations in one run, at least: what a run costs beside its products is then lost in them. */
const leastOperations = 1e10;

/** Operations in one measurement, at least: some tenths of a second. */
const measuredOperations = 1e11;

/**
 * The linear layers of an encoder's layer on N rows as plain Gemm operators and nothing else:
 * forward (NT), and backward to the rows (NN) and to the weight (TN). All stand in one graph, with
 * rows, cotangents and weights of their own, as often as it takes to fill a run.
 */
export async function productRate(
  { hidden_size: D, intermediate_size: F }: EncoderConfig,
  N: number,
  threads: number,
): Promise<ProductRate> {
  const layer = [[D, D], [D, D], [D, D], [D, D], [D, F], [F, D]];
  const layerOperations = layer.reduce((sum, [from, to]) => sum + 6 * N * from * to, 0);
  const copies = Math.ceil(leastOperations / layerOperations);
  const leaves: Tensor[] = [];
  const products: Record<string, Tensor> = {};
  const feeds: Record<string, HostTensor> = {};
  const outputs: Record<string, HostTensor> = {};
  Array.from({ length: copies }, () => layer).flat().forEach(([from, to], i) => {
    const leaf = (name: string, dims: [number, number]) => {
      const tensor = input(`${name}.${i}`, "float32", dims);
      leaves.push(tensor);
      feeds[`${name}.${i}`] = filled(dims);
      return tensor;
    };
    const product = (name: string, dims: [number, number], tensor: Tensor) => {
      products[`${name}.${i}`] = tensor;
      outputs[`${name}.${i}`] = filled(dims);
    };
    const [x, dy, weight] = [leaf("x", [N, from]), leaf("dy", [N, to]), leaf("w", [to, from])];
    product("y", [N, to], gemm(x, weight, { transB: true }));
    product("dx", [N, from], gemm(dy, weight));
    product("dw", [to, from], gemm(dy, x, { transA: true }));
  });
  const session = await Session.create(lowerCpu("products", leaves, products), { threads });
  const operations = copies * layerOperations;
  const repeats = Math.ceil(measuredOperations / operations);
  return {
    async measure() {
      await session.run(feeds, outputs);
      const start = performance.now();
      for (let i = 0; i < repeats; i++) await session.run(feeds, outputs);
      return 1000 * repeats * operations / (performance.now() - start);
    },
    release: () => session.release(),
  };
}

function filled(dims: [number, number]): HostTensor {
  return { dtype: "float32", dims, data: new Float32Array(dims[0] * dims[1]).fill(0.5) };
}
