/**
 * Sentences of plain text, of any length, with offsets.
 *
 * @module
 */
import {
  type DocumentPlace,
  measured,
  type OffsetUnit,
  type RawSentence,
  type RawWord,
} from "./raw_sentence.ts";
import { lastBreak, type Segmenter, type TextRange } from "./segmenter.ts";

/**
 * Where sentences of plain text end:
 * - `prose`: by Unicode's rules, and at every line end;
 * - `wrapped`: by Unicode's rules, and at blank lines: lines go on in the next one;
 * - `lines`: every line is a sentence.
 */
export const sentenceRules = ["prose", "wrapped", "lines"] as const;

/** A rule of {@linkcode sentenceRules}. */
export type PlainRule = typeof sentenceRules[number];

/** How plain text is read. */
export interface PlainOptions {
  readonly segmenter: Segmenter;
  readonly rule: PlainRule;
  readonly unit: OffsetUnit;
}

/** Text without an end is cut past this many UTF-16 code units. */
const mostHeld = 2 ** 16;

/**
 * The sentences of a text that comes in parts. What is held of it is bounded.
 *
 * @param place which document it is
 */
export async function* plainSentences(
  chunks: AsyncIterable<string> | Iterable<string>,
  options: PlainOptions,
  place: DocumentPlace = { document: 0 },
): AsyncGenerator<RawSentence> {
  const reader = new PlainReader(options, place);
  for await (const chunk of chunks) yield* reader.read(chunk);
  yield* reader.end();
}

/** Where blocks end. A CR at the end of a part may be half of a line end. */
const lineEnd = /\r\n|\n|\r(?!$)/g;
const blankLine = /(?:\r\n|\n|\r(?!$|\n))[^\S\r\n]*(?:\r\n|\n|\r(?!$))/g;

class PlainReader {
  readonly #options: PlainOptions;
  readonly #place: DocumentPlace;
  #held = "";
  #offset = 0;
  #sentence = 0;

  constructor(options: PlainOptions, place: DocumentPlace) {
    this.#options = options;
    this.#place = place;
  }

  /** The sentences that end in a part of the text, or are cut there. */
  *read(chunk: string): Generator<RawSentence> {
    const text = this.#held + chunk;
    let start = 0;
    for (
      const { 0: end, index } of text.matchAll(
        this.#options.rule === "wrapped" ? blankLine : lineEnd,
      )
    ) {
      const stop = index + end.length;
      yield* this.#block(text.slice(start, stop));
      start = stop;
    }
    this.#held = yield* this.#shortened(text.slice(start));
  }

  /** The rest. */
  *end(): Generator<RawSentence> {
    yield* this.#block(this.#held);
  }

  /** A block, at whose end a sentence ends. */
  *#block(text: string): Generator<RawSentence> {
    const rest = yield* this.#shortened(text);
    yield* this.#sentences(rest, this.#rangesOf(rest));
  }

  /** Gives sentences until what is left can be held, and returns that. */
  *#shortened(text: string): Generator<RawSentence, string> {
    let from = 0;
    while (text.length - from > mostHeld) {
      const part = text.slice(from, from + mostHeld);
      const ranges = this.#rangesOf(part.slice(0, lastBreak(part)));
      // The last one may go on behind the part.
      const sure = ranges.length > 1 ? ranges.slice(0, -1) : ranges;
      yield* this.#sentences(part, sure);
      from += sure[sure.length - 1].end;
    }
    return text.slice(from);
  }

  #rangesOf(text: string): TextRange[] {
    const { segmenter, rule } = this.#options;
    if (rule === "lines") return segmenter.whole(text);
    return segmenter.sentences(rule === "wrapped" ? text.replace(/[\r\n]/g, " ") : text);
  }

  *#sentences(text: string, ranges: readonly TextRange[]): Generator<RawSentence> {
    const { segmenter, unit } = this.#options;
    for (const { start, end } of ranges) {
      const part = text.slice(start, end);
      const words = placedWords(part, segmenter.words(part), this.#offset, unit);
      this.#offset += measured(part, unit);
      if (words.length === 0) continue;
      const [first, last] = [words[0], words[words.length - 1]];
      yield {
        ...this.#place,
        isGiven: false,
        sentence: this.#sentence++,
        text: part.slice(first.at, last.at + last.text.length),
        start: first.start,
        end: last.end,
        words: words.map((word) => ({ ...word, at: word.at - first.at })),
      };
    }
  }
}

/** @param offset that of the part in its document */
function placedWords(
  part: string,
  ranges: readonly TextRange[],
  offset: number,
  unit: OffsetUnit,
): RawWord[] {
  let at = 0, measuredTo = offset;
  return ranges.map(({ start, end }) => {
    const text = part.slice(start, end);
    measuredTo += measured(part.slice(at, start), unit);
    const from = measuredTo;
    measuredTo += measured(text, unit);
    at = end;
    return { text, at: start, start: from, end: measuredTo };
  });
}
