import { strict as assert } from "node:assert";
import { CounterRandom } from "../core/random.ts";
import type { HostTensor } from "../onnx/dtype.ts";
import { Session } from "../onnx/session.ts";
import { add, div, maximum, mul, relu, sqrt, sub } from "./elementwise.ts";
import { gradients } from "./gradients.ts";
import { input, scalar } from "./leaves.ts";
import { lowerCpu } from "./lower_cpu.ts";
import type { Tensor } from "./primitive.ts";
import { gemm } from "./products.ts";
import { reduceMean, reduceSum } from "./shapes.ts";

// A runtime may write an output as soon as its own inputs are there. So an output that is bound to
// the buffer of W, W' = W − η g, could overwrite W before the backward pass has read it for
// dX = dY W. Where every W' waits for the global norm, which waits for all gradients, the last
// gradient waits for the last product that reads a parameter. The graph steps of lib/train rely on
// that, and the second test shows that nothing less will do.

const depth = 4, width = 48, rows = 32;

/** mean (relu(… relu(x W₀) W₁ …))², one step of which `update` takes. */
function trainingGraph(update: (inputs: UpdateInputs) => readonly Tensor[]): Uint8Array {
  const x = input("x", "float32", ["N", width]);
  const learningRate = input("learningRate", "float32", []);
  const parameters = Array.from(
    { length: depth },
    (_, i) => input(`W${i}`, "float32", [width, width]),
  );
  const y = parameters.reduce((hidden, weight) => relu(gemm(hidden, weight)), x);
  const loss = reduceMean(mul(y, y));
  const updated = update({
    parameters,
    gradients: gradients(loss, parameters),
    learningRate,
  });
  // The runtime computes the last output first: the parameter that the backward pass reads next.
  const next = parameters.map((_, i) => [`next.W${i}`, updated[i]]);
  return lowerCpu("step", [x, learningRate, ...parameters], {
    ...Object.fromEntries(next),
    loss,
  });
}

/** What one update reads. */
interface UpdateInputs {
  readonly parameters: readonly Tensor[];
  readonly gradients: readonly Tensor[];
  /** float32 []. */
  readonly learningRate: Tensor;
}

/** W' = W − η / max(‖g‖, 1) · g (Pascanu et al. 2013, Alg. 1). */
function clippedUpdate({ parameters, gradients, learningRate }: UpdateInputs): Tensor[] {
  const norm = sqrt(
    gradients.map((gradient) => reduceSum(mul(gradient, gradient))).reduce((a, b) => add(a, b)),
  );
  const step = mul(learningRate, div(scalar(1), maximum(norm, scalar(1))));
  return parameters.map((parameter, i) => sub(parameter, mul(step, gradients[i])));
}

/** The losses and final parameters of ten steps. */
async function trajectory(model: Uint8Array, inPlace: boolean): Promise<number[]> {
  const session = await Session.create(model, { threads: 2 });
  const random = new CounterRandom("update");
  const normal = (dims: number[], scale: number): HostTensor => ({
    dtype: "float32",
    dims,
    data: Float32Array.from({ length: dims[0] * dims[1] }, () => scale * random.normal()),
  });
  const x = normal([rows, width], 1);
  const weights = Array.from({ length: depth }, () => normal([width, width], 0.2));
  const learningRate: HostTensor = { dtype: "float32", dims: [], data: Float32Array.of(0.5) };
  const record: number[] = [];
  for (let step = 0; step < 10; step++) {
    const feeds: Record<string, HostTensor> = { x, learningRate };
    const next: Record<string, HostTensor> = {};
    weights.forEach((weight, i) => {
      feeds[`W${i}`] = weight;
      next[`next.W${i}`] = inPlace ? weight : { ...weight, data: new Float32Array(width * width) };
    });
    const { loss } = await session.run(feeds, next);
    record.push(Number(loss.data[0]));
    weights.forEach((_, i) => weights[i] = next[`next.W${i}`]);
  }
  await session.release();
  return [...record, ...weights.flatMap(({ data }) => Array.from(data, Number))];
}

/** Where two trajectories part, or −1. */
function parting(a: readonly number[], b: readonly number[]): number {
  return a.findIndex((value, i) => value !== b[i]);
}

Deno.test("updates in place that wait for all gradients equal separate ones bit for bit", async () => {
  const model = trainingGraph(clippedUpdate);
  const [inPlace, separate] = [await trajectory(model, true), await trajectory(model, false)];
  assert.ok(separate[9] < 0.5 * separate[0], `the loss must fall: got ${separate.slice(0, 10)}`);
  assert.equal(parting(inPlace, separate), -1);
});

// Measured with onnxruntime-node 1.30.0: losses 0.6307, 0.0870, 0.0414 in place, and 0.6307,
// 0.0701, 0.0426 in separate buffers. With the outputs listed the other way round the runtime
// happens to order the nodes well, and both agree: nothing but the clip scale can be relied on.
Deno.test("updates in place that wait for nothing part at the second loss of the same graph", async () => {
  const model = trainingGraph(({ parameters, gradients, learningRate }) =>
    parameters.map((parameter, i) => sub(parameter, mul(learningRate, gradients[i])))
  );
  const [inPlace, separate] = [await trajectory(model, true), await trajectory(model, false)];
  assert.equal(parting(inPlace, separate), 1);
});
