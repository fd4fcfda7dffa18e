/**
 * A training: what learns, from what, on what, and how.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Precision } from "../autodiff/lowering.ts";
import { canonicalJson, type Json } from "../core/canonical_json.ts";
import type { AdamWOptions } from "../engine/adamw.ts";
import type { RateOptions } from "../engine/parameter_rates.ts";
import type { Example, Model } from "../models/model.ts";
import type { BatchOrder } from "./epoch_batches.ts";
import type { ScheduleName } from "./schedule.ts";
import type { SelectionOptions } from "./selection.ts";

/** How to train. */
export interface TrainingOptions extends AdamWOptions, RateOptions, SelectionOptions {
  /** Names the order of examples, the dropout masks and what a model draws. */
  readonly seed: number;
  readonly epochs: number;
  /** Examples in a batch. */
  readonly batchSize: number;
  /** Which examples make a batch. */
  readonly order: BatchOrder;
  /** Batches whose gradients make one step: the mean over all that is asked in them. */
  readonly accumulate: number;
  /** The learning rate after the warm-up. */
  readonly schedule: ScheduleName;
  /** The greatest learning rate. */
  readonly learningRate: number;
  /** Share of the steps in which the rate grows. */
  readonly warmupShare: number;
  /** Processor threads of the runtime. The same number gives the same bytes. */
  readonly threads: number;
  /** Steps at most; 0 for as many as the epochs have. The schedule ends with the last step. */
  readonly maxSteps: number;
  /** Score the validation examples after every this many epochs or steps, and after the last. */
  readonly evaluateEvery: number;
  readonly evaluateUnit: "epochs" | "steps";
  /** Share of the target probability that all answers share evenly, 0 … < 1. */
  readonly labelSmoothing: number;
  /** How exact products are: half precision on a graphics processor only. */
  readonly precision: Precision;
}

/** A training. */
export interface TrainingJob<C> {
  readonly model: Model<C>;
  readonly config: C;
  /** What the weights start from. */
  readonly start: {
    /** Tells equal starts from others. */
    readonly identity: Json;
    /** The first value of every parameter, by name. */
    readonly initial: ReadonlyMap<string, Float32Array>;
  };
  /** The examples of each epoch: epoch e takes variant e, and begins again after the last one. */
  readonly variants: readonly (readonly Example[])[];
  /** Examples that are scored as training goes on, and never trained on. */
  readonly validation: readonly Example[];
  readonly options: TrainingOptions;
}

/** The number of optimizer steps in an epoch; the last one may have fewer batches. */
export function stepsPerEpoch(
  examples: number,
  { batchSize, accumulate }: Pick<TrainingOptions, "batchSize" | "accumulate">,
): number {
  return Math.ceil(Math.ceil(examples / batchSize) / accumulate);
}

/** The number of optimizer steps of a run. */
export function totalSteps(
  examples: number,
  options: Pick<TrainingOptions, "batchSize" | "accumulate" | "epochs" | "maxSteps">,
): number {
  const steps = stepsPerEpoch(examples, options) * options.epochs;
  return options.maxSteps > 0 ? Math.min(steps, options.maxSteps) : steps;
}

/** SHA-256 of all that a training depends on beside the program. Equal jobs have equal digests. */
export function jobDigest<C>(job: TrainingJob<C>, device: string): string {
  const hash = createHash("sha256");
  const { model, config, start, options } = job;
  hash.update(canonicalJson({
    model: model.name,
    config: config as Json,
    start: start.identity,
    options: { ...options } as unknown as Json,
    device,
  }));
  for (const examples of [...job.variants, job.validation]) {
    hash.update(`\n${examples.length}`);
    for (const { inputIds, typeIds, wordIds, asked, gold } of examples) {
      for (const part of [inputIds, typeIds, wordIds, asked, gold]) {
        hash.update(Int32Array.of(part.length, ...part));
      }
    }
  }
  return hash.digest("hex");
}
