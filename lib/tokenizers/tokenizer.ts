/**
 * What every tokenizer gives: pieces that know their word.
 *
 * @module
 */

import type { PairEncoding } from "./pair.ts";

/** A sentence as a model reads it. */
export interface Encoding {
  /** Piece ids with the special tokens, length T. */
  inputIds: number[];
  /** The word of every piece, −1 for special tokens and separators, length T. */
  wordIds: number[];
  /** Words at the end that were cut off because the sentence is too long. */
  lostWords: number;
  /** Words that give no piece (control characters, say) and have the unknown piece in their place. */
  emptyWords: number;
}

/** Turns words into pieces. */
export interface WordTokenizer {
  readonly vocabSize: number;
  readonly padId: number;
  /** The piece that hides another, where the vocabulary has one. */
  readonly maskId?: number;
  /**
   * Encodes the words of a sentence.
   *
   * @param maxTokens greatest T, special tokens included; words that do not fit whole are lost
   */
  encode(words: readonly string[], maxTokens: number): Encoding;
  /**
   * Encodes two sentences as one sequence, cut as {@linkcode PairEncoding} says.
   *
   * @param maxTokens greatest T, special tokens included
   * @throws {RangeError} when there is no room for both
   */
  encodePair(a: readonly string[], b: readonly string[], maxTokens: number): PairEncoding;
}
