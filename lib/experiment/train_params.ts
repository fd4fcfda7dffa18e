/**
 * The params that every train stage has.
 *
 * @module
 */
import { z } from "zod";
import { count, seed } from "../plan/bounds.ts";
import { selections } from "../train/selection.ts";

/** How to train, whatever the model. */
export const trainFields = {
  seed: seed.describe("names the first weights, the order of sentences and the dropout masks"),
  epochs: count.positive(),
  maxSteps: count.default(0).describe("optimizer steps at most; 0 for no limit"),
  batchSize: count.positive().default(16).describe("sentences"),
  accumulate: count.positive().default(1).describe("batches that make one optimizer step"),
  learningRate: z.number().positive(),
  schedule: z.enum(["linear", "cosine", "constant"]).default("linear").describe(
    "how the learning rate goes after the warm-up: to 0 in a line or half a cosine, or not at all",
  ),
  warmupShare: z.number().min(0).max(1).default(0.1).describe(
    "share of the steps in which the learning rate grows",
  ),
  layerDecay: z.number().positive().max(1).default(1).describe(
    "rate of a layer as a share of that of the one above; the head learns at learningRate",
  ),
  frozen: z.array(z.string()).default([]).describe(
    "names of weights that stay as they start; * stands for any characters",
  ),
  weightDecay: z.number().nonnegative().default(0.05),
  beta1: z.number().min(0).lt(1).default(0.9),
  beta2: z.number().min(0).lt(1).default(0.98),
  eps: z.number().positive().default(1e-8),
  labelSmoothing: z.number().min(0).lt(1).default(0).describe(
    "share of the target probability that all labels share evenly",
  ),
  clipNorm: z.number().nonnegative().default(1).describe("0 for no clipping"),
  evaluateEvery: count.positive().optional().describe(
    "look at the validation split, and at input watch, every this many epochs (or steps: " +
      "evaluateUnit), and at the end; every epoch where that decides (select, patience, watch), " +
      "else every 1000",
  ),
  evaluateUnit: z.enum(["epochs", "steps"]).default("epochs"),
  select: z.enum(selections).default("last").describe(
    "which weights to keep: the last, or those with the least loss on the validation split of " +
      "the training languages (sourceDev) or of input watch (targetDev)",
  ),
  keepEpochs: z.boolean().default(false).describe(
    "keep the weights of every evaluation too, for encoder.pick",
  ),
  patience: count.default(0).describe(
    "end after this many evaluations in a row without a lower validation loss; 0 for never",
  ),
  precision: z.enum(["float32", "float16", "bfloat16"]).default("float32").describe(
    "of products, on graphics processors: weights, sums and the optimizer stay float32",
  ),
  checkpointMinutes: z.number().nonnegative().default(5).describe(
    "a killed training goes on from a checkpoint that is at most this old",
  ),
};

/** What they are. */
export type TrainParams = z.output<z.ZodObject<typeof trainFields>>;

/** How often a training is looked at. */
export function evaluateEvery(
  { evaluateEvery, evaluateUnit, select, patience, keepEpochs }: TrainParams,
  isWatched: boolean,
): number {
  const decides = select !== "last" || patience > 0 || keepEpochs || isWatched;
  return evaluateEvery ?? (decides && evaluateUnit === "epochs" ? 1 : 1000);
}
