/**
 * Cuts a text into sentences and words: Unicode's segmentation (UAX #29, as ICU has it, with its
 * dictionaries for scripts without spaces), mended so that words are cut as in CoNLL's files.
 *
 * @module
 */
import process from "node:process";
import type { Abbreviations } from "./abbreviations.ts";
import { mergedWords } from "./word_merges.ts";

/** Part of a text, in UTF-16 code units. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** A sentence is cut that is longer, in UTF-16 code units: no sentence is as long. */
export const mostSentenceLength = 16_384;

/** The version of ICU, on which sentences and words depend. */
export const icuVersion: string = process.versions.icu ?? "unknown";

const quotesBefore = /^[\p{Ps}\p{Pi}\p{Pf}"'¿¡]+/u;

/** Cuts texts of a language. */
export class Segmenter {
  readonly #sentences: Intl.Segmenter;
  readonly #words: Intl.Segmenter;
  readonly #abbreviations: Abbreviations;

  /** @param language its code; Unicode's own rules where it is left out */
  constructor(abbreviations: Abbreviations, language = "und") {
    this.#sentences = new Intl.Segmenter(language, { granularity: "sentence" });
    this.#words = new Intl.Segmenter(language, { granularity: "word" });
    this.#abbreviations = abbreviations;
  }

  /** The sentences of a text: ranges that follow each other without gaps, white space included. */
  sentences(text: string): TextRange[] {
    const ranges: TextRange[] = [];
    let start = 0, end = 0;
    for (const { segment, index } of this.#sentences.segment(text)) {
      if (index > start && this.#ends(text.slice(Math.max(start, end - 200), end), segment)) {
        ranges.push(...cut(text, start, end));
        start = index;
      }
      end = index + segment.length;
    }
    if (end > start) ranges.push(...cut(text, start, end));
    return ranges;
  }

  /** A text as one sentence, or several where it is longer than any sentence. */
  whole(text: string): TextRange[] {
    return text === "" ? [] : cut(text, 0, text.length);
  }

  /** The words of a sentence. What stands between them is white space, or is not seen. */
  words(sentence: string): TextRange[] {
    const segments = [...this.#words.segment(sentence)].map(({ segment, index }) => ({
      start: index,
      end: index + segment.length,
    }));
    return mergedWords(sentence, segments, this.#abbreviations);
  }

  /** Whether a sentence ends between what was read of it and what follows. */
  #ends(before: string, after: string): boolean {
    const text = before.trimEnd();
    const last = text.slice(text.search(/\S+$/u)).replace(quotesBefore, "");
    if (!last.endsWith(".")) return true;
    const word = last.slice(0, -1);
    const isBeforeNumber = /^\p{N}/u.test(after);
    // A list's number: "1. Introduction".
    if (/^\p{Nd}{1,3}$/u.test(word)) return !(this.#abbreviations.ordinals || text === last);
    if (/^(?:\p{L}\p{M}*\.)+\p{L}\p{M}*$/u.test(word)) return false;
    if (/^(?:\p{Lu}\p{M}*\.?-)?\p{Lu}\p{M}*$/u.test(word)) return word === "I";
    const lower = word.toLowerCase();
    return !(this.#abbreviations.anywhere.has(lower) ||
      isBeforeNumber && this.#abbreviations.beforeNumbers.has(lower));
  }
}

/** A range in parts that are not too long, cut at white space, else between graphemes. */
function cut(text: string, start: number, end: number): TextRange[] {
  const ranges: TextRange[] = [];
  while (end - start > mostSentenceLength) {
    const at = start + lastBreak(text.slice(start, start + mostSentenceLength));
    ranges.push({ start, end: at });
    start = at;
  }
  ranges.push({ start, end });
  return ranges;
}

const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });

/** Where a text can be cut as near to its end as possible: behind white space, or a grapheme. */
export function lastBreak(text: string): number {
  const tail = text.slice(-1_000);
  const space = tail.search(/\s\S*$/u);
  const from = text.length - tail.length;
  if (space >= 0) return from + space + 1;
  const starts = [...graphemes.segment(tail)].map(({ index }) => index);
  const at = starts.length > 1 ? from + starts[starts.length - 1] : text.length;
  const isInPair = /[\ud800-\udbff]$/.test(text.slice(at - 1, at));
  return isInPair ? at - 1 : at;
}
