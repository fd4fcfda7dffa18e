import { strict as assert } from "node:assert";
import { withoutCudaKernel } from "../../autodiff/cuda_kernels.ts";
import { lowerWebgpu } from "../../autodiff/lower_webgpu.ts";
import { device as cpu } from "../../engine/cpu.ts";
import { answerInputs } from "../../engine/device.ts";
import { graphStep } from "../../engine/graph_step.ts";
import { LoopEngine } from "../../engine/loop_engine.ts";
import { withRates } from "../../engine/parameter_rates.ts";
import { exampleOf, labels, plainOptions, sentences } from "../../train/testdata/tiny_job.ts";
import { initialise } from "../../nn/parameters.ts";
import type { BilstmCrfConfig } from "./config.ts";
import { bilstmCrfModel } from "./model.ts";

const config: BilstmCrfConfig = {
  model_type: "bilstm_crf",
  vocab_size: 261,
  piece_size: 6,
  piece_encoder: "lstm",
  piece_hidden_size: 5,
  piece_layers: 1,
  most_pieces: 64,
  word_buckets: 0,
  word_size: 4,
  word_dropout: 0,
  hidden_size: 7,
  layers: 2,
  dropout: 0,
  end_scores: true,
  id2label: Object.fromEntries(labels.map((label, i) => [i, label])),
};

/** Steps of unlike size. */
const steps = [[0, 1, 2], [3], [4, 5, 6, 7]].map((places) => ({
  batches: [
    bilstmCrfModel.batch(config, places.map((place) => exampleOf(sentences[place])), {
      seed: 1,
      epoch: 0,
      places,
    }),
  ],
  learningRate: 0.01,
}));

Deno.test("steps in a Loop, as CUDA makes them, are steps of the cpu engine, to 1e-5", async () => {
  const graph = bilstmCrfModel.graph(config);
  const options = { ...plainOptions, clipNorm: 0.5 };
  const parameters = withRates(graph.specs, options);
  const initial = initialise(graph.specs, 1);
  const onCpu = await cpu.engine({ graph, parameters, initial, options });
  const inLoop = await LoopEngine.create(graphStep(graph, parameters, initial, options), {
    seed: 1,
    precision: "float32",
    provider: "cpu",
    stepsPerCall: 3,
    threads: 1,
  });
  assert.deepEqual(withoutCudaKernel(inLoop.trainingModel), []);
  const [wanted, got] = [await onCpu.run(steps, 0), await inLoop.run(steps, 0)];
  await inLoop.sync();
  wanted.forEach(({ loss, gradientNorm }, i) => {
    assert.ok(Math.abs(got[i].loss - loss) < 1e-5 * loss, `${got[i].loss} and ${loss}`);
    assert.ok(Math.abs(got[i].gradientNorm - gradientNorm) < 1e-4 * gradientNorm);
  });
  for (const [name, { data }] of onCpu.weights) {
    inLoop.weights.get(name)!.data.forEach((value, i) =>
      assert.ok(Math.abs(value - data[i]) < 1e-4, `${name}[${i}]: ${value} and ${data[i]}`)
    );
  }
  await Promise.all([onCpu.release(), inLoop.release()]);
});

Deno.test("on WebGPU, which has no loops, the error names what is missing", () => {
  const graph = bilstmCrfModel.graph(config);
  assert.throws(() => lowerWebgpu("evaluation", answerInputs(graph), graph.answers), {
    message: 'Cannot build scan "lstm" as on webgpu its number of steps must be known: got T',
  });
});
