/**
 * The params by which stages choose scores, and evaluations of the same system.
 *
 * @module
 */
import { z } from "zod";
import { count } from "../plan/bounds.ts";

/** Which score is asked about, and which axis numbers the seeds. */
export const scoreParams = {
  metric: z.enum([
    "f1",
    "precision",
    "recall",
    "strictF1",
    "strictPrecision",
    "strictRecall",
    "accuracy",
  ]).default("f1").describe("a metric of the table scores that is made of counts"),
  of: z.string().default("micro").describe("a class of the table scores, micro or macro"),
  seedAxis: z.string().default("seed").describe(
    "the axis of the evaluations that says the seed; a floor has none",
  ),
};

/** How intervals are made. */
export const intervalParams = {
  resamples: count.min(100).max(1_000_000).default(2000).describe(
    "resamples of the sentences, the same for all systems and metrics",
  ),
  confidence: z.number().gt(0).lt(1).default(0.95).describe("of the intervals: 0.95 is 95 %"),
  draw: count.default(0).describe("names the random numbers: another number, other resamples"),
};

/** How targets' seeds are drawn together. */
export const seedsAreParam = z.enum(["crossed", "nested", "auto"]).default("auto").describe(
  "crossed: one draw of seeds for all targets, as seed 3 is one model in each; nested: each target " +
    "draws its own; auto: crossed where every target has the same seeds",
);

/** How systems are compared. */
export const comparisonParams = {
  alpha: z.number().gt(0).lt(1).default(0.05).describe("what corrected p-values are held against"),
  swaps: count.min(100).max(1_000_000).default(10_000).describe(
    "random swaps of sentences between the systems",
  ),
  seeds: seedsAreParam,
  unpaired: z.enum(["refuse", "leave"]).optional().describe(
    "what becomes of an evaluation whose test set or axes the other side does not have: refuse, the " +
      "default, or leave it aside and say so",
  ),
};

/** What a comparison is asked for. */
export type ComparisonOptions = z.output<
  z.ZodObject<typeof scoreParams & typeof intervalParams & typeof comparisonParams>
>;

/** Which score a stage asks about. */
export type ScoreParams = z.output<z.ZodObject<typeof scoreParams>>;
