/**
 * Masked sentences: pieces to be guessed from the others.
 *
 * @module
 */
import { CounterRandom } from "../../core/random.ts";
import type { Example } from "../model.ts";

/** Share of the pieces that are to be guessed. */
const chosenShare = 0.15;
/** Of these, the share that is hidden, and the share that another piece replaces. */
const hiddenShare = 0.8, replacedShare = 0.1;

/**
 * Chooses 15 % of the pieces of an example's words, rounded, at least one. Of the chosen, 80 %
 * become the mask, 10 % a random piece, and 10 % stay; the right answer is the piece that was there
 * (Devlin et al. 2019, §3.1).
 *
 * NOTE: transformers draws each piece on its own. A fixed number in each sentence has less
 * variance.
 *
 * @param key names the random choices, such as (seed, epoch, place)
 */
export function maskPieces(
  example: Pick<Example, "inputIds" | "wordIds" | "typeIds">,
  { vocabSize, maskId }: { readonly vocabSize: number; readonly maskId: number },
  ...key: (string | number)[]
): Example {
  const { inputIds, wordIds } = example;
  const random = new CounterRandom("mask", ...key);
  const own = inputIds.flatMap((_, i) => wordIds[i] >= 0 ? [i] : []);
  const count = Math.min(own.length, Math.max(1, Math.round(chosenShare * own.length)));
  const masked = [...inputIds];
  const asked = random.shuffle(own).slice(0, count);
  for (const i of asked) {
    const draw = random.uniform();
    if (draw < hiddenShare) masked[i] = maskId;
    else if (draw < hiddenShare + replacedShare) masked[i] = random.integer(vocabSize);
  }
  asked.sort((a, b) => a - b);
  return { ...example, inputIds: masked, asked, gold: asked.map((i) => inputIds[i]) };
}
