/**
 * Floating-point operations of a step's matrix products, and the rate of plain ones.
 *
 * @module
 */
import { input } from "../../lib/autodiff/leaves.ts";
import { lowerCpu } from "../../lib/autodiff/lower_cpu.ts";
import { gemm } from "../../lib/autodiff/products.ts";
import type { EncoderConfig } from "../../lib/nn/config.ts";
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

/**
 * The linear layers of an encoder's layer on N rows as single Gemm operators: forward (NT), and
 * backward to the rows (NN) and to the weight (TN), each counted as often as a layer has it.
 */
export async function productRate(
  { hidden_size: D, intermediate_size: F }: EncoderConfig,
  N: number,
  threads: number,
): Promise<ProductRate> {
  const linears = [{ from: D, to: D, count: 4 }, { from: D, to: F, count: 1 }, {
    from: F,
    to: D,
    count: 1,
  }];
  const runs: {
    count: number;
    operations: number;
    session: Session;
    run: () => Promise<unknown>;
  }[] = [];
  for (const { from, to, count } of linears) {
    const [x, dy] = [input("x", "float32", [N, from]), input("dy", "float32", [N, to])];
    const weight = input("weight", "float32", [to, from]);
    const model = lowerCpu("products", [x, dy, weight], {
      y: gemm(x, weight, { transB: true }),
      dx: gemm(dy, weight),
      dw: gemm(dy, x, { transA: true }),
    });
    const session = await Session.create(model, { threads });
    const feeds = { x: filled(N, from), dy: filled(N, to), weight: filled(to, from) };
    const outputs = { y: filled(N, to), dx: filled(N, from), dw: filled(to, from) };
    runs.push({
      count,
      operations: 6 * N * from * to,
      session,
      run: () => session.run(feeds, outputs),
    });
  }
  return {
    async measure() {
      let operations = 0, seconds = 0;
      for (const each of runs) {
        await each.run();
        const start = performance.now();
        const repeats = Math.max(1, Math.round(2e10 / each.operations));
        for (let i = 0; i < repeats; i++) await each.run();
        operations += each.count * each.operations;
        seconds += each.count * (performance.now() - start) / repeats / 1000;
      }
      return operations / seconds;
    },
    async release() {
      for (const { session } of runs) await session.release();
    },
  };
}

function filled(...dims: [number, number]): HostTensor {
  return { dtype: "float32", dims, data: new Float32Array(dims[0] * dims[1]).fill(0.5) };
}
