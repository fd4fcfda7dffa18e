/**
 * A training, as plain data: what it starts from, what it reads and how it goes.
 *
 * @module
 */
import type { Json } from "../core/canonical_json.ts";
import { sha256Json } from "../core/sha256.ts";
import type { Precision } from "../autodiff/lowering.ts";
import type { EncoderConfig } from "../nn/config.ts";
import { initialiseOffsetHeads } from "../nn/offset_heads.ts";
import { initialise, type ParameterSpec } from "../nn/parameters.ts";
import type { Provider } from "../onnx/provider.ts";
import type { EncodedSentences } from "../text/batching.ts";
import type { LabelledPieces } from "../text/encode.ts";
import type { TokenizerSource } from "../text/tokenizer_source.ts";
import type { TaggedWords } from "../text/recombine.ts";
import type { AdamWOptions } from "./adamw.ts";
import type { RateOptions } from "./parameter_rates.ts";
import type { ScheduleName } from "./schedule.ts";
import type { SelectionOptions } from "./selection.ts";

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
  /** Where training runs; `cpu` when left out. */
  device?: Provider;
  /** How exact products are: half precision on a device only. `float32` when left out. */
  precision?: Precision;
}

/** How random weights start, by the name that a pipeline file uses. */
export const initialisations = { normal: initialiseNormal, offsetHeads: initialiseOffsetHeads };

/** One of {@linkcode initialisations}. */
export type InitialisationName = keyof typeof initialisations;

function initialiseNormal(_: EncoderConfig, specs: readonly ParameterSpec[], seed: number) {
  return initialise(specs, seed);
}

/** A training, as plain data: it can cross to a Worker. */
export interface TrainingJob {
  readonly config: EncoderConfig;
  readonly initialisation: InitialisationName;
  /** Label names by index. */
  readonly labels: readonly string[];
  readonly tokenizer: TokenizerSource;
  /** Which pieces of a training word carry its label. */
  readonly labelledPieces: LabelledPieces;
  /** Greatest number of pieces in a training sentence. */
  readonly maxTokens: number;
  readonly train: readonly TaggedWords[];
  /** Scored as training goes on; never trained on. */
  readonly validation: EncodedSentences;
  readonly options: TrainingOptions;
}

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
export function jobDigest({ validation, ...job }: TrainingJob): string {
  const { inputIds, labels, starts } = validation;
  return sha256Json({
    ...job as unknown as Record<string, Json>,
    validation: [[...inputIds], [...labels], [...starts]],
  });
}
