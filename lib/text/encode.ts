/**
 * From tagged words to labelled pieces.
 *
 * @module
 */
import { noLabel } from "./batching.ts";
import { ByteTokenizer } from "./byte_tokenizer.ts";
import type { Encoding, WordTokenizer } from "./tokenizer.ts";

/** A sentence as a tagger learns it. */
export interface LabelledEncoding extends Encoding {
  /** Label index at the first piece of a word, {@linkcode noLabel} elsewhere, length T. */
  labels: number[];
}

/** The tokenizers by the name that a pipeline file uses. */
export const tokenizers: Readonly<Record<"bytes", () => WordTokenizer>> = {
  bytes: () => new ByteTokenizer(),
};

/** One of {@linkcode tokenizers}. */
export type TokenizerName = keyof typeof tokenizers;

/**
 * Encodes a sentence and puts each word's label on its first piece.
 *
 * @param tags one of `labels` per word
 * @param maxTokens greatest T
 */
export function encodeTagged(
  tokenizer: WordTokenizer,
  { tokens, tags }: { readonly tokens: readonly string[]; readonly tags: readonly string[] },
  labels: readonly string[],
  maxTokens: number,
): LabelledEncoding {
  const encoding = tokenizer.encode(tokens, maxTokens);
  const { wordIds } = encoding;
  return {
    ...encoding,
    labels: wordIds.map((word, i) =>
      word >= 0 && wordIds[i - 1] !== word ? labels.indexOf(tags[word]) : noLabel
    ),
  };
}
