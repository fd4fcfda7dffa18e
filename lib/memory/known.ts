/**
 * What estimates tell those after them of corpora, examples and models.
 *
 * @module
 */
import type { EncoderConfig } from "../models/encoder/config.ts";

/** How long sentences are. */
export interface Lengths {
  /** Mean over the longest sixteenth of a split: batches are cut from sixteen of like length. */
  readonly long: number;
  /** The longest one. */
  readonly longest: number;
}

/** The sentences or texts of a corpus. */
export interface KnownTexts {
  readonly of: "texts";
  /** Words, as blanks between them count. */
  readonly words: Lengths;
  /** Training sentences. */
  readonly train: number;
  /** Test sentences. */
  readonly test: number;
  /** Whether they are written in Latin letters, of which most have one byte. */
  readonly isLatin: boolean;
}

/** Tokenized corpora. */
export interface KnownExamples {
  readonly of: "examples";
  /** Pieces, special tokens included. */
  readonly pieces: Lengths;
  /** The most that an example may have. */
  readonly maxTokens: number;
  /** Training examples, their variants included. */
  readonly train: number;
  /** Test examples. */
  readonly test: number;
  /** Pieces of the tokenizer, where they are known. */
  readonly vocabulary?: number;
  /** The tokenizer whose pieces can be counted, as a pipeline file names it. */
  readonly tokenizer?: string;
}

/** A tokenizer whose pieces are the characters of corpora. */
export interface KnownCharacters {
  readonly of: "characters";
}

/** A model, trained or published. */
export interface KnownModel {
  readonly of: "model";
  readonly config: EncoderConfig;
}

/** A model that learnt from nothing. */
export interface KnownScratch {
  readonly of: "scratch";
  /** What its config.json says of its shape. */
  readonly config: object;
}

type Known = KnownTexts | KnownExamples | KnownCharacters | KnownModel | KnownScratch;

/** Those of what an input's instances told that are of one sort. */
export function those<S extends Known["of"]>(
  sort: S,
  told: readonly unknown[] = [],
): Extract<Known, { of: S }>[] {
  return told.filter((each): each is Extract<Known, { of: S }> => Object(each).of === sort);
}
