/**
 * A training, as plain data: what it starts from, what it reads and how it goes.
 *
 * @module
 */
import type { Json } from "../core/canonical_json.ts";
import { sha256Json } from "../core/sha256.ts";
import type { Precision } from "../autodiff/lowering.ts";
import type { EncoderConfig } from "../models/encoder/config.ts";
import type { MaskedHead, SequenceHead, TokenHead } from "../models/encoder/head_choice.ts";
import type { Provider } from "../onnx/provider.ts";
import type { EncodedSentences } from "../text/batching.ts";
import type { LabelledPieces } from "../text/encode.ts";
import type { TokenizerSource } from "../tokenizers/tokenizer_source.ts";
import type { TaggedWords } from "../text/recombine.ts";
import type { AdamWOptions } from "../engine/adamw.ts";
import type { RateOptions } from "../engine/parameter_rates.ts";
import type { ScheduleName } from "./schedule.ts";
import type { SelectionOptions } from "./selection.ts";
import type { Start } from "../weights/starting_weights.ts";

/** How to train. */
export interface TrainingOptions extends AdamWOptions, RateOptions, SelectionOptions {
  /** Names the weights, the order of sentences and the dropout masks. */
  seed: number;
  epochs: number;
  /** Sentences in a batch. */
  batchSize: number;
  /** Batches whose gradients make one step: the mean over all their labelled words. */
  accumulate: number;
  /** How the learning rate goes after the warm-up. */
  schedule: ScheduleName;
  /** The greatest learning rate. */
  learningRate: number;
  /** Share of the steps in which the rate grows. */
  warmupShare: number;
  /** Processor threads of the runtime. The same number gives the same bytes. */
  threads: number;
  /** Share of name words that are recombined, anew in every epoch; see `recombineNames`. */
  recombineNames: number;
  /** Steps at most; 0 for as many as the epochs have. The schedule ends with the last step. */
  maxSteps: number;
  /** Score the validation sentences after every this many epochs or steps, and after the last. */
  evaluateEvery: number;
  evaluateUnit: "epochs" | "steps";
  /** Share of the target probability that all labels share evenly, 0 … < 1. */
  labelSmoothing: number;
  /** Where training runs; `cpu` when left out. */
  device?: Provider;
  /** How exact products are: half precision on a device only. `float32` when left out. */
  precision?: Precision;
}

/** What every training has. */
interface CommonJob {
  readonly config: EncoderConfig;
  readonly start: Start;
  readonly tokenizer: TokenizerSource;
  /** Greatest number of pieces in a training sentence. */
  readonly maxTokens: number;
  /** Scored as training goes on; never trained on. */
  readonly validation: EncodedSentences;
  readonly options: TrainingOptions;
}

/** Learns a label for each word. */
export type TaggingJob = CommonJob & TokenHead & {
  /** Which pieces of a training word carry its label. */
  readonly labelledPieces: LabelledPieces;
  readonly train: readonly TaggedWords[];
};

/** A sentence with its class. */
export interface ClassifiedWords {
  readonly tokens: readonly string[];
  readonly label: string;
}

/** Learns a label for each sentence. */
export type ClassificationJob = CommonJob & SequenceHead & {
  readonly train: readonly ClassifiedWords[];
};

/** Learns to guess masked words. */
export type LanguageModelJob = CommonJob & MaskedHead & {
  readonly train: readonly { readonly tokens: readonly string[] }[];
};

/** A training, as plain data: it can cross to a Worker. */
export type TrainingJob = TaggingJob | ClassificationJob | LanguageModelJob;

/** The number of optimizer steps in an epoch; the last one may have fewer batches. */
export function stepsPerEpoch(
  sentences: number,
  { batchSize, accumulate }: Pick<TrainingOptions, "batchSize" | "accumulate">,
): number {
  return Math.ceil(Math.ceil(sentences / batchSize) / accumulate);
}

/** The number of optimizer steps of a run. */
export function totalSteps(
  sentences: number,
  options: Pick<TrainingOptions, "batchSize" | "accumulate" | "epochs" | "maxSteps">,
): number {
  const steps = stepsPerEpoch(sentences, options) * options.epochs;
  return options.maxSteps > 0 ? Math.min(steps, options.maxSteps) : steps;
}

/** SHA-256 of everything that a training depends on beside the program: equal jobs, equal digests. */
export function jobDigest({ validation, start, ...job }: TrainingJob): string {
  const { inputIds, labels, starts } = validation;
  return sha256Json({
    ...job as unknown as Record<string, Json>,
    // Not where it lies, but what it says.
    start: start.kind === "checkpoint" ? start.digest : { ...start },
    validation: [[...inputIds], [...labels], [...starts]],
  });
}
