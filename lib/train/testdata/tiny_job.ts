/**
 * A training with dropout that takes a second.
 *
 * @module
 */
import { generateSample } from "../../corpora/sample.ts";
import { device } from "../../engine/cpu.ts";
import { parseEncoderConfig } from "../../models/encoder/config.ts";
import { type ClassifierConfig, encoderModel } from "../../models/encoder/model.ts";
import type { Example, Model } from "../../models/model.ts";
import { initialise } from "../../nn/parameters.ts";
import { askWords } from "../../tasks/asking.ts";
import { iob2Tags } from "../../core/tags.ts";
import { recombineNames, type TaggedWords } from "../../tasks/recombine.ts";
import { ByteTokenizer } from "../../tokenizers/byte_tokenizer.ts";
import { train, type TrainingResult, type TrainingRun } from "../trainer.ts";
import type { TrainingJob, TrainingOptions } from "../training_job.ts";

/** The labels of the sample. */
export const labels = iob2Tags(["PER", "ORG", "LOC"]);

const tokenizer = new ByteTokenizer();
const grammar = await Deno.readTextFile(
  new URL("../../../data/sample/eng.yaml", import.meta.url),
);

/** The training sentences of the English sample. */
export const sentences: readonly TaggedWords[] = generateSample(grammar, "eng").train
  .map((words) => ({ ...words, group: "eng" }));

/** Sentences as bytes, with a tag asked of every word. */
export function exampleOf({ tokens, tags }: TaggedWords): Example {
  return askWords(tokenizer, tokens, tags.map((tag) => labels.indexOf(tag)), 256);
}

/** Trains on the processor. */
export function trainOnCpu<C>(
  job: TrainingJob<C>,
  run: TrainingRun<C> = {},
): Promise<TrainingResult> {
  return train(job, { name: "cpu", device }, run);
}

/** Plain choices about a training. */
export const plainOptions: TrainingOptions = {
  seed: 1,
  epochs: 1,
  batchSize: 4,
  order: "length",
  accumulate: 1,
  schedule: "linear",
  learningRate: 2e-3,
  warmupShare: 0.1,
  layerDecay: 1,
  frozen: [],
  weightDecay: 0.05,
  beta1: 0.9,
  beta2: 0.98,
  eps: 1e-8,
  clipNorm: 1,
  threads: 1,
  maxSteps: 0,
  evaluateEvery: 1,
  evaluateUnit: "epochs",
  select: "last",
  patience: 0,
  labelSmoothing: 0,
  precision: "float32",
};

/** Random weights of a model, by a seed. */
export function randomStart<C>(
  model: Model<C>,
  config: C,
  seed: number,
): TrainingJob<C>["start"] {
  return { identity: "random", initial: initialise(model.graph(config).specs, seed) };
}

/** The shape of the encoder. */
export function tinyEncoder(dropout: number) {
  return parseEncoderConfig({
    model_type: "xlm-roberta",
    vocab_size: tokenizer.vocabSize,
    hidden_size: 16,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    intermediate_size: 32,
    max_position_embeddings: 258,
    hidden_dropout_prob: dropout,
    attention_probs_dropout_prob: dropout,
  });
}

/** A job of `count` training sentences, and as many validation sentences. */
export function tinyJob(
  changes: Partial<TrainingOptions> = {},
  { count = 16, dropout = 0.1, recombine = 0.5 }: {
    count?: number;
    dropout?: number;
    recombine?: number;
  } = {},
): TrainingJob<ClassifierConfig> {
  const options = { ...plainOptions, ...changes };
  const config: ClassifierConfig = {
    encoder: tinyEncoder(dropout),
    choice: { head: "token", labels: labels.length },
  };
  const own = sentences.slice(0, count);
  return {
    model: encoderModel,
    config,
    start: randomStart(encoderModel, config, options.seed),
    variants: recombine === 0 ? [own.map(exampleOf)] : Array.from(
      { length: options.epochs },
      (_, epoch) => recombineNames(own, recombine, options.seed, epoch).map(exampleOf),
    ),
    validation: sentences.slice(-count).map(exampleOf),
    options,
  };
}
