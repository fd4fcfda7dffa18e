/**
 * The params that every train stage has.
 *
 * @module
 */
import { z } from "zod";
import { count, seed } from "../plan/bounds.ts";
import { batchOrders } from "../train/epoch_batches.ts";
import { selections } from "../train/selection.ts";

/** How to train, whatever the model. */
export const trainFields = {
  seed: seed.describe("names the first weights, the order of sentences and the dropout masks"),
  epochs: count.positive().describe("times that every training sentence is read"),
  maxSteps: count.default(0).describe("optimizer steps at most; 0 for no limit"),
  batchSize: count.positive().default(16).describe("sentences"),
  order: z.enum(batchOrders).default("length").describe(
    "which sentences make a batch: those of like length (length), which has the least padding, or " +
      "any (random), as most training loops have it",
  ),
  accumulate: count.positive().default(1).describe("batches that make one optimizer step"),
  learningRate: z.number().positive().describe("the greatest one, after the warm-up"),
  schedule: z.enum(["linear", "cosine", "constant"]).default("linear").describe(
    "the learning rate after the warm-up: to 0 in a line (linear) or half a cosine, or constant",
  ),
  warmupShare: z.number().min(0).max(1).default(0.1).describe(
    "share of the steps in which the learning rate grows",
  ),
  layerDecay: z.number().positive().max(1).default(1).describe(
    "a layer's rate, as a share of the rate of the layer above; the head has learningRate",
  ),
  frozen: z.array(z.string()).default([]).describe(
    "names of weights that stay as they start; * stands for any characters",
  ),
  weightDecay: z.number().nonnegative().default(0.05).describe(
    "of AdamW, times the learning rate; none for biases and normalisation",
  ),
  beta1: z.number().min(0).lt(1).default(0.9).describe("of AdamW: memory of the gradient"),
  beta2: z.number().min(0).lt(1).default(0.98).describe("of AdamW: memory of its square"),
  eps: z.number().positive().default(1e-8).describe("of AdamW: added to the root"),
  labelSmoothing: z.number().min(0).lt(1).default(0).describe(
    "share of the target probability that all labels share evenly",
  ),
  clipNorm: z.number().nonnegative().default(1).describe(
    "greatest norm of a step's gradient; 0 for no clipping",
  ),
  evaluateEvery: count.positive().optional().describe(
    "evaluate on the validation split and input watch after so many epochs (or steps: " +
      "evaluateUnit), and at the end. By default every epoch where an evaluation decides or is " +
      "kept (select, patience, keepEpochs, watch), else every 1000",
  ),
  evaluateUnit: z.enum(["epochs", "steps"]).default("epochs").describe("what evaluateEvery counts"),
  select: z.enum(selections).default("last").describe(
    "which weights are the model's: the last, or those with the least loss on the validation " +
      "split of the training languages (sourceDev) or of input watch (targetDev)",
  ),
  keepEpochs: z.boolean().default(false).describe(
    "keep the weights of every evaluated epoch too, for a pick stage",
  ),
  patience: count.default(0).describe(
    "end after this many evaluations in a row without a lower validation loss; 0 for never",
  ),
  precision: z.enum(["float32", "float16", "bfloat16"]).default("float32").describe(
    "how products are rounded, on graphics processors; weights, sums and optimizer stay float32",
  ),
  checkpointMinutes: z.number().nonnegative().default(5).describe(
    "a killed training goes on from a checkpoint that is at most this old",
  ),
};

/** The values of {@linkcode trainFields}. */
export type TrainParams = z.output<z.ZodObject<typeof trainFields>>;

/** After how many epochs or steps a training is evaluated. */
export function evaluateEvery(
  { evaluateEvery, evaluateUnit, select, patience, keepEpochs }: TrainParams,
  isWatched: boolean,
): number {
  const decides = select !== "last" || patience > 0 || keepEpochs || isWatched;
  return evaluateEvery ?? (decides && evaluateUnit === "epochs" ? 1 : 1000);
}
