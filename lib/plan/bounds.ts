/**
 * The bounds of whole numbers among a kind's params: what a table or a tensor could not hold is
 * refused when the file is read, not after the work.
 *
 * @module
 */
import { z } from "zod";

/** The greatest seed: those of other tools are 32 bits without a sign. */
export const maxSeed = 4_294_967_295;
/** The greatest number in an INTEGER column, an int32 tensor and a thread count. */
export const maxInt32 = 2_147_483_647;

/** A seed from 0 to {@linkcode maxSeed}: the range of a UINTEGER column. */
export const seed = z.int().nonnegative({ error: seedError }).max(maxSeed, { error: seedError });

/** How many of something: from 0, or from 1 with `.positive()`, to {@linkcode maxInt32}. */
export const count = z.int().nonnegative().max(maxInt32);

function seedError(): string {
  return `expected a seed from 0 to ${maxSeed}`;
}
