/**
 * Trains the same small encoder on every device that can start, and prints speed and agreement as
 * a Markdown table for docs/measurements: `deno run -A scripts/measure_devices.ts [steps] [width]`.
 *
 * @module
 */
import { messageOf } from "../lib/core/errors.ts";
import { generateSample } from "../lib/corpora/sample.ts";
import { device as cpu } from "../lib/engine/cpu.ts";
import { device as cuda } from "../lib/engine/cuda.ts";
import type { Device, EngineOptions } from "../lib/engine/device.ts";
import type { PlannedStep } from "../lib/engine/engine.ts";
import { withRates } from "../lib/engine/parameter_rates.ts";
import { device as webgpu } from "../lib/engine/webgpu.ts";
import { parseEncoderConfig } from "../lib/models/encoder/config.ts";
import { type ClassifierConfig, encoderModel } from "../lib/models/encoder/model.ts";
import { initialise } from "../lib/nn/parameters.ts";
import { probe } from "../lib/onnx/probe.ts";
import { type Provider, providers } from "../lib/onnx/provider.ts";
import { askWords } from "../lib/tasks/asking.ts";
import { iob2Tags } from "../lib/core/tags.ts";
import { ByteTokenizer } from "../lib/tokenizers/byte_tokenizer.ts";
import { epochBatches } from "../lib/train/epoch_batches.ts";

const precisions = ["float32", "float16", "bfloat16"] as const;
/** Steps that are made before the clock starts: they compile kernels. */
const warmUp = 5;

const labels = iob2Tags(["PER", "ORG", "LOC"]);
const tokenizer = new ByteTokenizer();
const threads = navigator.hardwareConcurrency;

const devices: Readonly<Record<Provider, Device>> = { cpu, webgpu, cuda };
const learningRate = 1e-3;
const maxTokens = 256;

/** An encoder without dropout, which devices draw from other generators. */
function configOf(width: number): ClassifierConfig {
  const encoder = parseEncoderConfig({
    model_type: "xlm-roberta",
    vocab_size: tokenizer.vocabSize,
    hidden_size: width,
    num_hidden_layers: 4,
    num_attention_heads: width / 32,
    intermediate_size: 4 * width,
    max_position_embeddings: maxTokens + 2,
    hidden_dropout_prob: 0,
    attention_probs_dropout_prob: 0,
  });
  return { encoder, choice: { head: "token", labels: labels.length } };
}

const options: Omit<EngineOptions, "precision"> = {
  seed: 1,
  accumulate: 1,
  weightDecay: 0.05,
  beta1: 0.9,
  beta2: 0.98,
  eps: 1e-8,
  clipNorm: 1,
  threads,
};

/** Steps on the English sample. */
async function plan(config: ClassifierConfig, count: number): Promise<PlannedStep[]> {
  const grammar = await Deno.readTextFile(new URL("../data/sample/eng.yaml", import.meta.url));
  const examples = generateSample(grammar, "eng").train.map(({ tokens, tags }) =>
    askWords(tokenizer, tokens, tags.map((tag) => labels.indexOf(tag)), maxTokens)
  );
  const { seed } = options;
  const batches = epochBatches(examples.map(({ inputIds }) => inputIds.length), {
    batchSize: 16,
    order: "length",
    seed,
    epoch: 0,
  });
  return Array.from({ length: count }, (_, i) => {
    const places = batches[i % batches.length];
    const draw = { seed, epoch: 0, places };
    return {
      batches: [encoderModel.batch(config, places.map((place) => examples[place]), draw)],
      learningRate,
    };
  });
}

async function measure(
  device: Device,
  precision: EngineOptions["precision"],
  width: number,
  count: number,
) {
  const config = configOf(width);
  const steps = await plan(config, warmUp + count);
  const graph = encoderModel.graph(config);
  const engine = await device.engine({
    graph,
    parameters: withRates(graph.specs, { frozen: [], layerDecay: 1 }),
    initial: initialise(graph.specs, options.seed),
    options: { ...options, precision },
  });
  const losses: number[] = [];
  const run = async (from: number, to: number) => {
    for (let at = from; at < to; at += engine.stepsPerCall) {
      const call = steps.slice(at, Math.min(to, at + engine.stepsPerCall));
      losses.push(...(await engine.run(call, at)).map(({ loss }) => loss));
    }
  };
  await run(0, warmUp);
  const start = performance.now();
  await run(warmUp, steps.length);
  await engine.settle();
  const seconds = (performance.now() - start) / 1000;
  const total = steps.slice(warmUp)
    .flatMap(({ batches }) => batches)
    .reduce((sum, { pieces }) => sum + pieces, 0);
  const weights = new Map([...engine.weights].map(([name, { data }]) => [name, data.slice()]));
  await engine.release();
  return { tokensPerSecond: total / seconds, msPerStep: 1000 * seconds / count, losses, weights };
}

if (import.meta.main) {
  const [count = 100, width = 256] = Deno.args.map(Number);
  console.log(
    `${Deno.build.os}/${Deno.build.arch}, ${threads} threads, 4 layers of ${width}, 16 sentences ` +
      `a batch, ${count} steps after ${warmUp}\n`,
  );
  console.log(
    "| device | precision | ms a step | tokens/s | last loss | largest weight difference |",
  );
  console.log("|---|---|---:|---:|---:|---:|");
  let reference: Awaited<ReturnType<typeof measure>> | undefined;
  for (const device of providers) {
    const missing = await probe(device);
    for (const precision of missing ? [] : precisions) {
      if (device === "cpu" && precision !== "float32") continue;
      const line = (...cells: string[]) =>
        console.log(`| ${[device, precision, ...cells].join(" | ")} |`);
      try {
        const result = await measure(devices[device], precision, width, count);
        reference ??= result;
        let largest = 0;
        for (const [name, data] of result.weights) {
          const other = reference.weights.get(name)!;
          data.forEach((value, i) => largest = Math.max(largest, Math.abs(value - other[i])));
        }
        line(
          result.msPerStep.toFixed(1),
          Math.round(result.tokensPerSecond).toString(),
          result.losses.at(-1)!.toFixed(5),
          result === reference ? "reference" : largest.toExponential(1),
        );
      } catch (error) {
        line(messageOf(error).split("\n")[0], "", "", "");
      }
    }
    if (missing) console.log(`| ${device} | | ${missing.reason} | | | |`);
  }
}
