/**
 * Trains the same small encoder on every device that can start, and prints speed and agreement as
 * a Markdown table for docs/measurements: `deno run -A scripts/measure_devices.ts [steps] [width]`.
 *
 * @module
 */
import { generateSample } from "../lib/corpora/sample.ts";
import { messageOf } from "../lib/core/errors.ts";
import { parseEncoderConfig } from "../lib/models/encoder/config.ts";
import { inputIdScheme } from "../lib/models/encoder/families.ts";
import { probe } from "../lib/onnx/probe.ts";
import { providers } from "../lib/onnx/provider.ts";
import { assembleBatch, epochBatches, packSentences } from "../lib/text/batching.ts";
import { ByteTokenizer } from "../lib/tokenizers/byte_tokenizer.ts";
import { encodeTagged } from "../lib/text/encode.ts";
import { iob2Labels } from "../lib/text/labels.ts";
import { createEngine } from "../lib/engine/create_engine.ts";
import type { PlannedStep } from "../lib/engine/engine.ts";
import type { TrainingJob, TrainingOptions } from "../lib/train/training_job.ts";

const precisions = ["float32", "float16", "bfloat16"] as const;
/** Steps that are made before the clock starts: they compile kernels. */
const warmUp = 5;

const labels = iob2Labels(["PER", "ORG", "LOC"]);
const tokenizer = new ByteTokenizer();
const threads = navigator.hardwareConcurrency;

/** A job without dropout, which devices draw from other generators. */
function jobOf(width: number, options: Partial<TrainingOptions>): TrainingJob {
  return {
    config: parseEncoderConfig({
      model_type: "xlm-roberta",
      vocab_size: tokenizer.vocabSize,
      hidden_size: width,
      num_hidden_layers: 4,
      num_attention_heads: width / 32,
      intermediate_size: 4 * width,
      max_position_embeddings: 258,
      hidden_dropout_prob: 0,
      attention_probs_dropout_prob: 0,
    }),
    start: { kind: "random", initialisation: "normal" },
    head: "token",
    labels,
    tokenizer: "bytes",
    labelledPieces: "first",
    maxTokens: 256,
    train: [],
    validation: packSentences([]),
    options: {
      seed: 1,
      epochs: 1,
      batchSize: 16,
      accumulate: 1,
      schedule: "constant",
      learningRate: 1e-3,
      warmupShare: 0,
      layerDecay: 1,
      frozen: [],
      weightDecay: 0.05,
      beta1: 0.9,
      beta2: 0.98,
      eps: 1e-8,
      clipNorm: 1,
      threads,
      recombineNames: 0,
      maxSteps: 0,
      evaluateEvery: 1,
      evaluateUnit: "epochs",
      select: "last",
      patience: 0,
      labelSmoothing: 0,
      ...options,
    },
  };
}

/** Steps on the English sample, with the number of pieces of each. */
async function plan(job: TrainingJob, count: number) {
  const grammar = await Deno.readTextFile(new URL("../data/sample/eng.yaml", import.meta.url));
  const encoded = packSentences(
    generateSample(grammar, "eng").train.map((words) =>
      encodeTagged(tokenizer, words, labels, 256)
    ),
  );
  const batches = epochBatches(encoded, { ...job.options, epoch: 0 });
  const steps: PlannedStep[] = [], pieces: number[] = [];
  for (let i = 0; i < count; i++) {
    const batch = assembleBatch(encoded, batches[i % batches.length], inputIdScheme(job.config));
    steps.push({
      batches: [batch],
      learningRate: job.options.learningRate,
    });
    pieces.push(batch.pieces);
  }
  return { steps, pieces };
}

async function measure(job: TrainingJob, count: number) {
  const { steps, pieces } = await plan(job, warmUp + count);
  const { engine } = await createEngine(job, () => {});
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
  const total = pieces.slice(warmUp).reduce((a, b) => a + b, 0);
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
        const result = await measure(jobOf(width, { device, precision }), count);
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
