/**
 * What is known of corpora and examples before they are there.
 *
 * @module
 */
import type { Estimate } from "../plan/stage.ts";
import { corpusSize } from "./corpus_lengths.ts";
import {
  type KnownCharacters,
  type KnownExamples,
  type KnownTexts,
  type Lengths,
  those,
} from "./known.ts";

/**
 * Pieces of a word, with the blank before it where it is one: bytes of Latin and of other scripts,
 * subwords, and characters.
 */
const latinBytes = 6, otherBytes = 9, subwords = 2, characterPieces = 5;
/** Special tokens of a sentence. */
const specials = 2;
/** Pieces of the tokenizer of bytes; a published one has thousands. */
const byteVocabulary = 261;
/** Pieces of characters, at most some: ten African languages have 400 of them, Amharic's script too. */
const characterVocabulary = 1_000;

/** Of the kinds that fetch corpora. */
export const corpus: Estimate = ({ params }) => {
  const { corpus, language, limit } = params as {
    corpus: string;
    language: string;
    limit: { train?: number; test?: number };
  };
  const { words, train, test } = corpusSize(corpus);
  const known: KnownTexts = {
    of: "texts",
    words,
    train: Math.min(train, limit.train ?? train),
    test: Math.min(test, limit.test ?? test),
    isLatin: isLatin(language),
  };
  return { known };
};

/** Of the kind that makes a tokenizer of characters. */
export const characters: Estimate = () => {
  const known: KnownCharacters = { of: "characters" };
  return { known };
};

/** Texts of which nothing is known. */
const unknownTexts: KnownTexts = { of: "texts", ...corpusSize(""), isLatin: true };

/** Of the kinds that tokenize. */
export const examples: Estimate = ({ params, inputs }) => {
  const given = params as {
    tokenizer?: string;
    maxTokens: number;
    recombineNames?: number;
    variants?: number;
  };
  const [texts = unknownTexts] = those("texts", inputs.corpus);
  const vocabulary = vocabularyOf(given.tokenizer, inputs.tokenizer);
  const bytes = texts.isLatin ? latinBytes : otherBytes;
  const inCharacters = those("characters", inputs.tokenizer).length > 0;
  const ofWord = inCharacters ? characterPieces : vocabulary === byteVocabulary ? bytes : subwords;
  const pieces = (words: number) => Math.min(given.maxTokens, specials + ofWord * words);
  const { recombineNames = 0, variants = 0 } = given;
  const known: KnownExamples = {
    of: "examples",
    pieces: { long: pieces(texts.words.long), longest: pieces(texts.words.longest) },
    train: texts.train * (1 + (recombineNames > 0 ? variants : 0)),
    test: texts.test,
    maxTokens: given.maxTokens,
    vocabulary,
    tokenizer: given.tokenizer,
  };
  return { known };
};

/** Whether a language is written in Latin letters; one of which that is not known, is. */
function isLatin(language: string): boolean {
  try {
    return (new Intl.Locale(language).maximize().script ?? "Latn") === "Latn";
  } catch {
    return true; // no code of a language
  }
}

/** The pieces of a tokenizer, where they are known without reading it. */
function vocabularyOf(
  tokenizer: string | undefined,
  given: readonly unknown[] = [],
): number | undefined {
  if (those("characters", given).length > 0) return characterVocabulary;
  if (given.length > 0) return those("model", given)[0]?.config.vocab_size;
  return tokenizer === undefined || tokenizer === "bytes" ? byteVocabulary : undefined;
}

/** The longest of several, which one batch may have together. */
export function longestOf(all: readonly KnownExamples[]): Lengths {
  return {
    long: Math.max(...all.map(({ pieces }) => pieces.long)),
    longest: Math.max(...all.map(({ pieces }) => pieces.longest)),
  };
}
