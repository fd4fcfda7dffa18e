/**
 * Masked sentences: pieces to be guessed from the others.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";
import { CounterRandom } from "../core/random.ts";
import { noLabel } from "./batching.ts";
import type { LabelledEncoding } from "./encode.ts";
import type { Encoding, WordTokenizer } from "../tokenizers/tokenizer.ts";

/** Share of the pieces that are to be guessed. */
const chosenShare = 0.15;
/** Of these, the share that is hidden, and the share that another piece replaces. */
const hiddenShare = 0.8, replacedShare = 0.1;

/**
 * Chooses 15 % of the pieces of a sentence's words, rounded, at least one. Of the chosen, 80 %
 * become the mask, 10 % a random piece, and 10 % stay; the label is the piece that was there (Devlin
 * et al. 2019, §3.1).
 *
 * @param key names the random choices, such as (seed, epoch, sentence)
 * @returns ids and labels, length T; {@linkcode noLabel} where nothing is to be guessed
 * @throws {UserError} when the tokenizer has no mask
 */
export function maskPieces(
  { inputIds, wordIds }: Pick<Encoding, "inputIds" | "wordIds">,
  { vocabSize, maskId }: Pick<WordTokenizer, "vocabSize" | "maskId">,
  ...key: (string | number)[]
): Pick<LabelledEncoding, "inputIds" | "labels"> {
  if (maskId === undefined) {
    throw new UserError({
      message: "Cannot mask words as the tokenizer has no piece for it, such as <mask> or [MASK]",
      hint: "use the tokenizer of a masked language model",
    });
  }
  const random = new CounterRandom("mask", ...key);
  const own = inputIds.flatMap((_, i) => wordIds[i] >= 0 ? [i] : []);
  const count = Math.min(own.length, Math.max(1, Math.round(chosenShare * own.length)));
  const masked = [...inputIds], labels = inputIds.map(() => noLabel);
  for (const i of random.shuffle(own).slice(0, count)) {
    labels[i] = inputIds[i];
    const draw = random.uniform();
    if (draw < hiddenShare) masked[i] = maskId;
    else if (draw < hiddenShare + replacedShare) masked[i] = random.integer(vocabSize);
  }
  return { inputIds: masked, labels };
}
