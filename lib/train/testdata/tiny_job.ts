/**
 * A training with dropout that takes a second.
 *
 * @module
 */
import { generateSample, type SampleSentence } from "../../corpora/sample.ts";
import { parseEncoderConfig } from "../../models/encoder/config.ts";
import { packSentences } from "../../text/batching.ts";
import { ByteTokenizer } from "../../tokenizers/byte_tokenizer.ts";
import { encodeTagged } from "../../text/encode.ts";
import { iob2Labels } from "../../text/labels.ts";
import type { TaggingJob } from "../training_job.ts";

const labels = iob2Labels(["PER", "ORG", "LOC"]);
const tokenizer = new ByteTokenizer();
const grammar = await Deno.readTextFile(
  new URL("../../../data/sample/eng.yaml", import.meta.url),
);
const sentences = generateSample(grammar, "eng").train;

const encode = (part: readonly SampleSentence[]) =>
  packSentences(part.map((words) => encodeTagged(tokenizer, words, labels, 256)));

/** A job of `sentences` training sentences, 16 by default, and as many validation sentences. */
export function tinyJob(
  options: Partial<TaggingJob["options"]> = {},
  { count = 16, dropout = 0.1 }: { count?: number; dropout?: number } = {},
): TaggingJob {
  return {
    config: parseEncoderConfig({
      model_type: "xlm-roberta",
      vocab_size: tokenizer.vocabSize,
      hidden_size: 16,
      num_hidden_layers: 2,
      num_attention_heads: 2,
      intermediate_size: 32,
      max_position_embeddings: 258,
      hidden_dropout_prob: dropout,
      attention_probs_dropout_prob: dropout,
    }),
    start: { kind: "random", initialisation: "normal" },
    head: "token",
    labels,
    tokenizer: "bytes",
    labelledPieces: "first",
    maxTokens: 256,
    train: sentences.slice(0, count).map((words) => ({ ...words, group: "eng" })),
    validation: encode(sentences.slice(-count)),
    options: {
      seed: 1,
      epochs: 1,
      batchSize: 4,
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
      recombineNames: 0.5,
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
