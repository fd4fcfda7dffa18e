/**
 * What both sides of a comparison train: a folder with a checkpoint in the hub's layout and the
 * batches of every step.
 *
 * @module
 */
import { join } from "node:path";
import { CounterRandom } from "../../lib/core/random.ts";
import { type EncoderConfig, parseEncoderConfig } from "../../lib/models/encoder/config.ts";
import { encoderModel } from "../../lib/models/encoder/model.ts";
import { publishedConfig } from "../../lib/models/encoder/published_config.ts";
import { initialise, type ParameterSpec } from "../../lib/nn/parameters.ts";
import { type FloatTensor, floatTensor } from "../../lib/onnx/dtype.ts";
import { readWeights } from "../../lib/weights/published_weights.ts";
import { writeSafetensors } from "../../lib/weights/safetensors.ts";

/** A sentence's piece ids and, at each, its label or −100. */
export interface Sentence {
  readonly inputIds: readonly number[];
  readonly labels: readonly number[];
}

/** What lies in `batches.json`. */
export interface CaseBatches {
  readonly sentences: readonly Sentence[];
  /** Indices of sentences; step s takes batch s, and starts anew after the last. */
  readonly batches: readonly (readonly number[])[];
}

/** The labels of WikiANN. */
export const labels = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"] as const;

/** The model that both sides train. */
export function classifierOf(encoder: EncoderConfig) {
  return { encoder, choice: { head: "token", labels: labels.length } } as const;
}

/** How both sides train. */
export const recipe = {
  peak: 5e-5,
  schedule: "linear",
  warmupShare: 0,
  beta1: 0.9,
  beta2: 0.999,
  eps: 1e-8,
  weightDecay: 0.01,
  clipNorm: 1,
  seed: 1,
} as const;

/** The shape of an encoder, with dropout of 0.1. */
export function encoderOf(
  shape: {
    layers: number;
    width: number;
    vocabulary: number;
    /** Width ÷ 64 if left out. */
    heads?: number;
    family?: "xlm-roberta" | "bert" | "distilbert";
  },
): EncoderConfig {
  const { layers, width, vocabulary, family = "xlm-roberta" } = shape;
  const { heads = Math.max(1, width / 64) } = shape;
  return parseEncoderConfig(
    family === "distilbert"
      ? {
        model_type: family,
        vocab_size: vocabulary,
        dim: width,
        n_layers: layers,
        n_heads: heads,
        hidden_dim: 4 * width,
      }
      : {
        model_type: family,
        vocab_size: vocabulary,
        hidden_size: width,
        num_hidden_layers: layers,
        num_attention_heads: heads,
        intermediate_size: 4 * width,
        // All tokenizers of the rows pad with piece 1.
        pad_token_id: 1,
        ...(family === "bert" ? {} : {
          max_position_embeddings: 514,
          type_vocab_size: 1,
          layer_norm_eps: 1e-5,
        }),
      },
  );
}

/** Full batches without padding: sentences of uniform ids, and a label at every other piece. */
export function uniformBatches(
  { vocab_size, pad_token_id }: EncoderConfig,
  { batches, size, tokens }: { batches: number; size: number; tokens: number },
): CaseBatches {
  const random = new CounterRandom("uniform batches", recipe.seed);
  const from = pad_token_id + 3;
  const sentences = Array.from({ length: batches * size }, (): Sentence => ({
    inputIds: Array.from({ length: tokens }, () => from + random.integer(vocab_size - from)),
    labels: Array.from({ length: tokens }, (_, t) => t % 2 ? random.integer(labels.length) : -100),
  }));
  return {
    sentences,
    batches: Array.from(
      { length: batches },
      (_, b) => Array.from({ length: size }, (_, i) => b * size + i),
    ),
  };
}

/** Batches as Hugging Face's Trainer draws them: a random order, cut; the rest is left. */
export function randomBatches(sentences: readonly Sentence[], size: number): CaseBatches {
  const order = new CounterRandom("random batches", recipe.seed)
    .shuffle(sentences.map((_, i) => i));
  return {
    sentences,
    batches: Array.from(
      { length: Math.floor(order.length / size) },
      (_, b) => order.slice(b * size, (b + 1) * size),
    ),
  };
}

/** The pieces of a step's sentences, without padding. */
export function tokensOf({ sentences, batches }: CaseBatches, step: number): number {
  return batches[step % batches.length]
    .reduce((sum, i) => sum + sentences[i].inputIds.length, 0);
}

/**
 * Writes `config.json` and `batches.json`, and with weights `model.safetensors`.
 *
 * @param trained the folder of a published encoder, whose weights are taken; random ones if left out
 */
export async function writeCase(
  folder: string,
  config: EncoderConfig,
  batches: CaseBatches,
  withWeights: boolean,
  trained?: string,
): Promise<void> {
  const published = publishedConfig(config, "TokenClassification", labels);
  await Deno.writeTextFile(join(folder, "config.json"), JSON.stringify(published));
  await Deno.writeTextFile(join(folder, "batches.json"), JSON.stringify(batches));
  if (!withWeights) return;
  const { specs } = encoderModel.graph(classifierOf(config));
  writeSafetensors(
    join(folder, "model.safetensors"),
    trained === undefined
      ? randomWeights(specs)
      : (await readWeights(trained, config, specs, { freshHead: recipe })).weights,
  );
}

function randomWeights(specs: readonly ParameterSpec[]): Map<string, FloatTensor> {
  const values = repeatedNormal(specs);
  return new Map(specs.map(({ name, shape }) => [name, floatTensor(shape, values.get(name)!)]));
}

/**
 * Random weights at the price of a copy: normal numbers repeat after 65,537 (a prime, so that the
 * rows of no table are equal), from another place for each parameter.
 */
export function repeatedNormal(
  parameters: readonly ParameterSpec[],
): Map<string, Float32Array<ArrayBuffer>> {
  const random = new CounterRandom("repeated normal", recipe.seed);
  const block = Float32Array.from({ length: 65_537 }, () => random.normal());
  return new Map(parameters.map((spec) => {
    const { name, shape, init } = spec;
    if (init.kind !== "normal") return [name, initialise([spec], 0).get(name)!];
    const scaled = block.map((x) => init.std * x);
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
    for (let at = -random.integer(block.length); at < values.length; at += block.length) {
      const part = scaled.subarray(Math.max(0, -at), values.length - at);
      values.set(part, Math.max(0, at));
    }
    return [name, values];
  }));
}
