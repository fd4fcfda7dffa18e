/**
 * The params that say which pieces a masked language model has to guess.
 *
 * @module
 */
import { z } from "zod";
import { maskings, standardShare } from "../models/masked/masking.ts";

/** Shared by the kinds that mask. */
export const maskingFields = {
  masking: z.enum(maskings).default("fixed").describe(
    "how many pieces of a sentence are to be guessed: maskedShare of them, rounded, at least one " +
      "(fixed), or each with that probability, so that there may be none (bernoulli, as " +
      "transformers draws)",
  ),
  maskedShare: z.number().positive().max(1).default(standardShare).describe(
    "share of the pieces that are to be guessed; 80 % of these are hidden, 10 % replaced",
  ),
  wholeWords: z.boolean().default(false).describe(
    "words are drawn, and all pieces of a drawn word are to be guessed",
  ),
};
