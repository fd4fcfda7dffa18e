/**
 * The params that say how much of a corpus is taken.
 *
 * @module
 */
import { z } from "zod";
import { count } from "../plan/bounds.ts";

/** Shared by the kinds that fetch corpora. */
export const limitFields = {
  limit: z.strictObject({
    train: count.optional(),
    validation: count.optional(),
    test: count.optional(),
  }).default({}).describe(
    "sentences to take of a split, drawn at random; 0: the split is not needed",
  ),
  limitSeed: z.int().default(1).describe("which sentences a limit takes"),
};
