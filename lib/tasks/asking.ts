/**
 * From words with answers to examples: which pieces are asked, and what the right answer is.
 *
 * @module
 */
import type { Example } from "../models/model.ts";
import type { Encoding, WordTokenizer } from "../tokenizers/tokenizer.ts";

/** An example, with what did not come through. */
export interface EncodedExample extends Example {
  /** Words at the end that were cut off. */
  readonly lostWords: number;
  /** Words that give no piece and have the unknown piece in their place. */
  readonly emptyWords: number;
  /** Of a pair: the words of each text that were cut off, in part or whole. */
  readonly lostOfTexts?: readonly [first: number, second: number];
}

/**
 * Asks for the label of every word at its first piece, or at all of its pieces. With `all` the label
 * is repeated as it is, `B-` too, as the released code of SLICER does (Schmidt et al. 2022).
 *
 * @param gold label index of each word
 * @param maxTokens greatest number of pieces; words that do not fit whole are lost
 */
export function askWords(
  tokenizer: WordTokenizer,
  words: readonly string[],
  gold: readonly number[],
  maxTokens: number,
  labelled: "first" | "all" = "first",
): EncodedExample {
  const encoding = tokenizer.encode(words, maxTokens);
  const { wordIds } = encoding;
  const asked = wordIds.flatMap((word, i) =>
    word >= 0 && (labelled === "all" || wordIds[i - 1] !== word) ? [i] : []
  );
  return { ...encoding, typeIds: [], asked, gold: asked.map((i) => gold[wordIds[i]]) };
}

/**
 * Asks for the label of a text at its first piece, from which a classifier of sequences reads. A
 * text that is too long loses its last pieces.
 *
 * @param gold its label index
 * @param maxTokens greatest number of pieces
 */
export function askText(
  tokenizer: WordTokenizer,
  text: string,
  gold: number,
  maxTokens: number,
): EncodedExample {
  const encoding = cutPieces(tokenizer.encode(wordsOf(text), Infinity), maxTokens);
  return { ...encoding, typeIds: [], asked: [0], gold: [gold] };
}

/**
 * Asks for the label of a pair of texts at its first piece. Where both are too long, the longer one
 * loses its last pieces first.
 *
 * @param gold its label index
 * @param options.maxTokens greatest number of pieces
 * @param options.tokenTypes whether token types tell the texts apart; else all are 0
 */
export function askPair(
  tokenizer: WordTokenizer,
  [first, second]: readonly [first: string, second: string],
  gold: number,
  { maxTokens, tokenTypes }: { readonly maxTokens: number; readonly tokenTypes: boolean },
): EncodedExample {
  const { inputIds, wordIds, typeIds, lostWords, emptyWords } = tokenizer.encodePair(
    wordsOf(first),
    wordsOf(second),
    maxTokens,
  );
  return {
    inputIds,
    wordIds,
    typeIds: tokenTypes ? typeIds : [],
    asked: [0],
    gold: [gold],
    lostWords: lostWords[0] + lostWords[1],
    lostOfTexts: lostWords,
    emptyWords,
  };
}

/**
 * Asks nothing: a text that a masked language model learns from.
 *
 * @param maxTokens greatest number of pieces
 */
export function askNothing(
  tokenizer: WordTokenizer,
  words: readonly string[],
  maxTokens: number,
): EncodedExample {
  return {
    ...cutPieces(tokenizer.encode(words, Infinity), maxTokens),
    typeIds: [],
    asked: [],
    gold: [],
  };
}

/** The words of a text: what white space parts. */
export function wordsOf(text: string): string[] {
  return text.split(/\s+/u).filter((word) => word !== "");
}

/** Cuts pieces from the end, before the special tokens that stand there. */
function cutPieces(encoding: Encoding, maxTokens: number): Encoding {
  const { inputIds, wordIds } = encoding;
  const excess = inputIds.length - maxTokens;
  if (excess <= 0) return encoding;
  const end = wordIds.findLastIndex((word) => word >= 0) + 1;
  const cut = new Set(wordIds.slice(end - excess, end).filter((word) => word >= 0));
  const without = (values: readonly number[]) => [
    ...values.slice(0, end - excess),
    ...values.slice(end),
  ];
  return {
    ...encoding,
    inputIds: without(inputIds),
    wordIds: without(wordIds),
    lostWords: encoding.lostWords + cut.size,
  };
}
