/**
 * Main memory that training and running an encoder take on a processor, from its shape.
 *
 * The numbers of copies follow from the code; what a layer keeps for its gradient, and what the
 * programs take by themselves, are fitted to measured peaks (docs/training.md has the formulas, and
 * `footprint_test.ts` the peaks).
 *
 * @module
 */
import type { EncoderConfig } from "../models/encoder/config.ts";
import { embeddingNames } from "../models/encoder/families.ts";
import { encoderParameters } from "../models/encoder/parameters.ts";
import type { Lengths } from "./known.ts";

/** A float32's bytes. */
const floatBytes = 4;
const bytesOfMib = 2 ** 20;

/** Deno, ONNX Runtime, DuckDB and a stage's code, in MiB. */
const programMib = 235;
/** Floats that a layer keeps for its gradient, for a piece: so many widths D, inner widths I, and … */
const keptWidths = 14, keptInners = 3.6;
/** … rows of attention, H · T. */
const keptAttention = 3;
/** Floats that are there at once in a layer without gradient, likewise. */
const passedWidths = 6, passedInners = 2, passedAttention = 4;
/** Copies of the logits of a masked language model, with gradient and without. */
const keptLogits = 4, passedLogits = 2;
/** Share of the pieces that a masked language model guesses. */
const maskedShare = 0.15;
/** What packing sentences of different length leaves free, and more. */
const padded = 1.1;
/** Rows of a large table that batches touch sooner or later. */
const touchedRows = 16_384;
/** Examples that a model answers at once. */
const answeredAtOnce = 32;
/** Bytes of an example in memory, and of each of its pieces. */
const exampleBytes = 2_000, pieceBytes = 40;
/** Bytes of an example while the tables of many corpora are read at once. */
const readBytes = 100_000;

/** The head of a model: of a few labels, or over the vocabulary. */
export type HeadKind = "labels" | "vocabulary";

/** A training. */
export interface TrainingShape {
  readonly config: EncoderConfig;
  readonly head: HeadKind;
  /** Sentences in a batch. */
  readonly batchSize: number;
  /** Batches in a step. */
  readonly accumulate: number;
  /** Pieces of the training sentences. */
  readonly trained: Lengths;
  /** Pieces of all sentences that it looks at, those of validation too. */
  readonly looked: Lengths;
  /** Training examples, their variants included. */
  readonly examples: number;
  /** Whether a parameter stays as it starts, by name. */
  isFrozen(name: string): boolean;
  /** Copies of all weights that are kept beside those that are trained. */
  readonly keptWeights: number;
}

/** The peak of a training on the processor, in MiB. */
export function trainingMib(training: TrainingShape): number {
  const { config, head, accumulate, trained, looked, batchSize, examples, keptWeights } = training;
  const { all, dense, tables } = parametersOf(training);
  const weights = all * (2 + keptWeights); // as they were read, and as they are trained
  const moments = 2 * (dense + tables);
  const gradients = dense * (accumulate > 1 ? 2 : 1);
  const batch = batchOf(trained.long * batchSize, trained.longest);
  const floats = weights + moments + gradients + keptFloats(config, head, batch) +
    passedFloats(config, head, answeredBatch(looked));
  return programMib +
    (floatBytes * floats + maskBytes(config, batch) + rowBytes(examples, trained)) / bytesOfMib;
}

/** A run of a model over examples. */
export interface AnsweringShape {
  readonly config: EncoderConfig;
  /** Pieces of the examples. */
  readonly pieces: Lengths;
  readonly examples: number;
}

/** The peak of running a model over examples on the processor, in MiB. */
export function answeringMib({ config, pieces, examples }: AnsweringShape): number {
  const passedBytes = floatBytes * passedFloats(config, "labels", answeredBatch(pieces));
  const most = Math.max(passedBytes, readBytes * examples); // these are gone when it answers
  return programMib + (floatBytes * parameterCount(config) + most) / bytesOfMib;
}

/** What holding so many copies of a model's weights takes, in MiB. */
export function weightsMib(config: EncoderConfig, copies: number): number {
  return programMib + floatBytes * copies * parameterCount(config) / bytesOfMib;
}

/** The number of an encoder's parameters, without a head. */
export function parameterCount(config: EncoderConfig): number {
  return encoderParameters(config).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** Parameters: all, those with a gradient each, and those of table rows that a batch may touch. */
function parametersOf({ config, head, isFrozen }: TrainingShape) {
  const { hidden_size: width, vocab_size: vocabulary } = config;
  const names = embeddingNames(config);
  const byRows = head === "labels" ? [names.words, names.positions].map(weightOf) : [];
  const ofHead = head === "labels" ? 0 : width * width + vocabulary;
  const counts = { all: ofHead, dense: ofHead, tables: 0 };
  for (const { name, shape } of encoderParameters(config)) {
    counts.all += sizeOf(shape);
    if (isFrozen(name)) continue;
    if (byRows.includes(name)) counts.tables += Math.min(shape[0], touchedRows) * width;
    else counts.dense += sizeOf(shape);
  }
  return counts;
}

function weightOf(module: string): string {
  return `${module}.weight`;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** A batch of rows of `longest` pieces. */
interface BatchShape {
  /** Pieces, padding included. */
  readonly pieces: number;
  readonly longest: number;
}

function batchOf(pieces: number, longest: number): BatchShape {
  return { pieces: Math.max(longest, padded * pieces), longest };
}

/** The longest examples of all, which are answered together. */
function answeredBatch({ long, longest }: Lengths): BatchShape {
  return batchOf(answeredAtOnce * (2 * long + longest) / 3, longest);
}

/** What a forward pass keeps for the gradients of a batch. */
function keptFloats(config: EncoderConfig, head: HeadKind, batch: BatchShape): number {
  const { hidden_size: width, intermediate_size: inner, num_hidden_layers: layers } = config;
  const aPiece = keptWidths * width + keptInners * inner +
    keptAttention * config.num_attention_heads * batch.longest;
  return batch.pieces * layers * aPiece + keptLogits * logits(config, head, batch);
}

/** What a forward pass without gradients has at once. */
function passedFloats(config: EncoderConfig, head: HeadKind, batch: BatchShape): number {
  const { hidden_size: width, intermediate_size: inner, num_attention_heads: heads } = config;
  const aPiece = passedWidths * width + passedInners * inner +
    passedAttention * heads * batch.longest;
  return batch.pieces * aPiece + passedLogits * logits(config, head, batch);
}

function logits({ vocab_size }: EncoderConfig, head: HeadKind, { pieces }: BatchShape): number {
  return head === "labels" ? 0 : maskedShare * pieces * vocab_size;
}

/** Dropout masks: a byte for every number that may be dropped, and a quarter more room. */
function maskBytes(config: EncoderConfig, { pieces, longest }: BatchShape): number {
  const { hidden_size: width, num_hidden_layers: layers, num_attention_heads: heads } = config;
  const hidden = config.hidden_dropout_prob > 0 ? (2 * layers + 1) * width : 0;
  const attention = config.attention_probs_dropout_prob > 0 ? layers * heads * longest : 0;
  return 1.25 * pieces * (hidden + (1 + floatBytes) * attention);
}

/** Training examples lie in memory as long as a training takes. */
function rowBytes(examples: number, { long }: Lengths): number {
  return examples * (exampleBytes + pieceBytes * long / 2);
}
