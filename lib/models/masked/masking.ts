/**
 * Masked sentences: pieces to be guessed from the others.
 *
 * @module
 */
import { CounterRandom } from "../../core/random.ts";
import type { Example } from "../model.ts";

/** Share of the pieces to be guessed where nothing else is said. */
export const standardShare = 0.15;
/** Of the pieces to be guessed, the share that is hidden, and the share that another piece replaces. */
const hiddenShare = 0.8, replacedShare = 0.1;

/**
 * How many pieces of a sentence are to be guessed.
 * - `fixed`: a share of them, rounded, at least one;
 * - `bernoulli`: each with the share as its probability, so that there may be none.
 */
export const maskings = ["fixed", "bernoulli"] as const;

/** Which pieces are to be guessed. */
export interface Masking {
  readonly masking: typeof maskings[number];
  /** Share of the pieces, or of the words, 0 … 1. */
  readonly maskedShare: number;
  /** Whether words are drawn, and all pieces of a drawn word are to be guessed. */
  readonly wholeWords: boolean;
}

/** The vocabulary that masked pieces are replaced from. */
export interface MaskVocabulary {
  /** The number of pieces. */
  readonly vocabSize: number;
  /** The piece that hides another. */
  readonly maskId: number;
}

/**
 * Chooses pieces of an example's words, never special ones. Of the chosen, 80 % become the mask, 10 %
 * a random piece of the whole vocabulary, and 10 % stay; the right answer is the piece that was there
 * (Devlin et al. 2019, §3.1).
 *
 * `bernoulli` is what transformers' DataCollatorForLanguageModeling does; with `wholeWords` a word is
 * drawn at its first piece, and its other pieces follow.
 *
 * NOTE: a fixed number in each sentence has less variance than drawing each piece on its own. In whole
 * words, too, each piece is hidden, replaced or left, as in Devlin's release; transformers hides all.
 *
 * @param options `fixed`, {@linkcode standardShare} and single pieces where it says nothing else
 * @param key names the random choices, such as (seed, epoch, place)
 */
export function maskPieces<E extends Pick<Example, "inputIds" | "wordIds">>(
  example: E,
  {
    vocabSize,
    maskId,
    masking = "fixed",
    maskedShare = standardShare,
    wholeWords = false,
  }: MaskVocabulary & Partial<Masking>,
  ...key: (string | number)[]
): E & Pick<Example, "asked" | "gold"> {
  const { inputIds, wordIds } = example;
  const random = new CounterRandom("mask", ...key);
  const groups = wholeWords ? piecesOfWords(wordIds) : piecesOf(wordIds);
  const count = Math.min(groups.length, Math.max(1, Math.round(maskedShare * groups.length)));
  const chosen = masking === "fixed"
    ? random.shuffle(groups).slice(0, count)
    : groups.filter(() => random.uniform() < maskedShare);
  const masked = [...inputIds];
  const asked = chosen.flat();
  for (const i of asked) {
    const draw = random.uniform();
    if (draw < hiddenShare) masked[i] = maskId;
    else if (draw < hiddenShare + replacedShare) masked[i] = random.integer(vocabSize);
  }
  asked.sort((a, b) => a - b);
  return { ...example, inputIds: masked, asked, gold: asked.map((i) => inputIds[i]) };
}

/** The places of pieces that belong to words, each by itself. */
function piecesOf(wordIds: readonly number[]): number[][] {
  return wordIds.flatMap((word, i) => word >= 0 ? [[i]] : []);
}

/** The places of the pieces of each word. */
function piecesOfWords(wordIds: readonly number[]): number[][] {
  const words = Map.groupBy(piecesOf(wordIds), ([i]) => wordIds[i]);
  return [...words.values()].map((pieces) => pieces.flat());
}
