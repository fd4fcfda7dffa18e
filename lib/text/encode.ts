/**
 * From tagged words to labelled pieces.
 *
 * @module
 */
import { noLabel } from "./batching.ts";
import type { Encoding, WordTokenizer } from "../tokenizers/tokenizer.ts";

/** A sentence as a tagger learns it. */
export interface LabelledEncoding extends Encoding {
  /** Label index at the labelled pieces of a word, {@linkcode noLabel} elsewhere, length T. */
  labels: number[];
}

/**
 * Which pieces of a word carry its label: the first, or all of them. With `all` the label is
 * repeated as it is, `B-` too, as the released code of SLICER does (Schmidt et al. 2022).
 */
export const labelledPieces = ["first", "all"] as const;

/** One of {@linkcode labelledPieces}. */
export type LabelledPieces = typeof labelledPieces[number];

/**
 * Encodes a sentence and puts its label on its first piece, from which a sequence classifier reads.
 *
 * @param label one of `labels`
 * @param maxTokens greatest T
 * @throws {Error} when the label is none of `labels`
 */
export function encodeClassified(
  tokenizer: WordTokenizer,
  { tokens, label }: { readonly tokens: readonly string[]; readonly label: string },
  labels: readonly string[],
  maxTokens: number,
): LabelledEncoding {
  const index = labels.indexOf(label);
  if (index < 0) {
    throw new Error(`Cannot label a sentence "${label}": the labels are ${labels.join(", ")}`);
  }
  const encoding = tokenizer.encode(tokens, maxTokens);
  return { ...encoding, labels: encoding.inputIds.map((_, i) => i === 0 ? index : noLabel) };
}

/**
 * Encodes a sentence and puts each word's label on its pieces.
 *
 * @param tags one of `labels` per word
 * @param maxTokens greatest T
 */
export function encodeTagged(
  tokenizer: WordTokenizer,
  { tokens, tags }: { readonly tokens: readonly string[]; readonly tags: readonly string[] },
  labels: readonly string[],
  maxTokens: number,
  labelled: LabelledPieces = "first",
): LabelledEncoding {
  const encoding = tokenizer.encode(tokens, maxTokens);
  const { wordIds } = encoding;
  return {
    ...encoding,
    labels: wordIds.map((word, i) =>
      word >= 0 && (labelled === "all" || wordIds[i - 1] !== word)
        ? labels.indexOf(tags[word])
        : noLabel
    ),
  };
}
