import { strict as assert } from "node:assert";
import { type EncoderConfig, parseEncoderConfig } from "../models/encoder/config.ts";
import { answeringMib, parameterCount, trainingMib, type TrainingShape } from "./footprint.ts";
import type { Lengths } from "./known.ts";

/** How far an estimate may be from a measured peak, as a share of it. */
const least = 0.8, greatest = 1.5;

function encoder(
  layers: number,
  width: number,
  heads: number,
  inner: number,
  vocabulary: number,
  dropout = 0.1,
): EncoderConfig {
  return parseEncoderConfig({
    model_type: "xlm-roberta",
    vocab_size: vocabulary,
    hidden_size: width,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    intermediate_size: inner,
    max_position_embeddings: 514,
    type_vocab_size: 1,
    hidden_dropout_prob: dropout,
    attention_probs_dropout_prob: 0,
  });
}

const nothing: Lengths = { long: 0, longest: 0 };
const plain = {
  head: "labels",
  order: "length",
  accumulate: 1,
  examples: 0,
  looked: nothing,
  isFrozen: () => false,
  keptWeights: 0,
} as const;
const full = { batchSize: 16, trained: { long: 128, longest: 128 } };
const real = { batchSize: 32, trained: { long: 14, longest: 60 } };

/**
 * Trainings, and the peaks that were measured (VmHWM, MiB) on two threads of an AMD EPYC with
 * onnxruntime-node 1.30.0: those of docs/measurements/training_cpu.md, then those of `encoder.train`
 * on sentences of the length that is given.
 */
const trainings: [
  name: string,
  Partial<TrainingShape> & { config: EncoderConfig },
  peakMib: number,
][] = [
  ["xlmr-base, 16 × 128", { config: encoder(12, 768, 12, 3072, 250_002), ...full }, 5876],
  ["distilbert, 16 × 128", { config: encoder(6, 768, 12, 3072, 119_547), ...full }, 3047],
  ["4 × 256, 16 × 128", { config: encoder(4, 256, 4, 1024, 30_000), ...full }, 592],
  ["6 × 768, WikiANN", { config: encoder(6, 768, 12, 3072, 119_547), ...real }, 2215],
  ["4 × 256, WikiANN", { config: encoder(4, 256, 4, 1024, 30_000), ...real }, 369],
  [
    "2 × 64 over bytes, the sample in English",
    {
      config: encoder(2, 64, 8, 128, 261, 0),
      batchSize: 4,
      examples: 3600,
      trained: { long: 97, longest: 108 },
      looked: { long: 96, longest: 106 },
    },
    301,
  ],
  [
    "2 × 64 over bytes, the sample in all languages",
    {
      config: encoder(2, 64, 8, 128, 261, 0),
      batchSize: 4,
      examples: 21_600,
      trained: { long: 150, longest: 172 },
      looked: { long: 157, longest: 168 },
    },
    458,
  ],
  [
    "2 × 128 over bytes, English parts of speech",
    {
      config: encoder(2, 128, 8, 256, 261, 0.05),
      batchSize: 16,
      examples: 6000,
      trained: { long: 248, longest: 511 },
      looked: { long: 217, longest: 475 },
    },
    1213,
  ],
  [
    "2 × 96 over bytes, English tweets",
    {
      config: encoder(2, 96, 8, 192, 261),
      batchSize: 16,
      examples: 1839,
      trained: { long: 147, longest: 186 },
      looked: { long: 146, longest: 172 },
      keptWeights: 1,
    },
    495,
  ],
  [
    "2 × 96 over bytes, Malay tweets",
    {
      config: encoder(2, 96, 8, 192, 261),
      batchSize: 16,
      examples: 4687,
      trained: { long: 252, longest: 256 },
      looked: { long: 256, longest: 256 },
      keptWeights: 1,
    },
    870,
  ],
  [
    "multilingual-e5-small, 5,000 sentences of WikiANN",
    {
      config: { ...encoder(12, 384, 12, 1536, 250_037), attention_probs_dropout_prob: 0.1 },
      batchSize: 32,
      examples: 5000,
      trained: { long: 40, longest: 226 },
      looked: { long: 34, longest: 60 },
    },
    3102,
  ],
];
for (const [name, given, peakMib] of trainings) {
  Deno.test(`the memory of a training is estimated: ${name}`, () => {
    check(trainingMib({ ...plain, ...full, ...given }), peakMib);
  });
}

/** Runs of `encoder.predict`, likewise. */
const answerings: [
  name: string,
  config: EncoderConfig,
  pieces: Lengths,
  examples: number,
  peakMib: number,
][] = [
  ["the sample", encoder(2, 64, 8, 128, 261), { long: 157, longest: 170 }, 900, 334],
  ["parts of speech", encoder(2, 128, 8, 256, 261), { long: 395, longest: 510 }, 3897, 1127],
  ["tweets", encoder(2, 96, 8, 192, 261), { long: 251, longest: 256 }, 2745, 552],
  [
    "multilingual-e5-small, 19 corpora",
    encoder(12, 384, 12, 1536, 250_037),
    { long: 186, longest: 199 },
    13_376,
    2074,
  ],
];
for (const [name, config, pieces, examples, peakMib] of answerings) {
  Deno.test(`the memory of running a model is estimated: ${name}`, () => {
    check(answeringMib({ config, pieces, examples }), peakMib);
  });
}

function check(estimate: number, peakMib: number): void {
  const share = estimate / peakMib;
  assert.ok(share >= least && share <= greatest, `${estimate} MiB of ${peakMib}: ${share}`);
}

const base = { ...plain, ...full, config: encoder(4, 256, 4, 1024, 30_000) };
const weightsMib = 4 * parameterCount(base.config) / 2 ** 20;
const tablesMib = 4 * 256 * 30_000 / 2 ** 20;

/** What a param changes, in MiB. */
const changes: [about: string, Partial<TrainingShape>, expectedMib: number][] = [
  ["weights that are kept beside", { keptWeights: 3 }, 3 * weightsMib],
  ["gradients of parts of a step", { accumulate: 4 }, weightsMib - 4 * 256 * 30_514 / 2 ** 20],
  [
    "a frozen table has no moments",
    { isFrozen: (name) => name.includes("word_embeddings") },
    -2 * tablesMib * 16_384 / 30_000,
  ],
  ["training examples", { examples: 10_000 }, 10_000 * (2_000 + 40 * 64) / 2 ** 20],
];
for (const [about, given, expectedMib] of changes) {
  Deno.test(`the memory of a training grows by what it holds: ${about}`, () => {
    const grown = trainingMib({ ...base, ...given }) - trainingMib(base);
    assert.ok(Math.abs(grown - expectedMib) < 0.01, `${grown} MiB, expected ${expectedMib}`);
  });
}

Deno.test("a longer batch, a larger one and a head over the vocabulary take more", () => {
  const of = (given: Partial<TrainingShape>) => trainingMib({ ...base, ...given });
  assert.ok(of({ trained: { long: 256, longest: 256 } }) > of({ batchSize: 32 }));
  assert.ok(of({ batchSize: 32 }) > 1.3 * of({}));
  assert.ok(of({ head: "vocabulary" }) > of({}) + 200);
  const dropping = { ...base.config, attention_probs_dropout_prob: 0.1 };
  assert.ok(of({ config: dropping }) > of({}));
});
