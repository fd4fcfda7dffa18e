/**
 * Sentences that nobody has tagged, and where their words stand.
 *
 * @module
 */

/** What offsets count: Unicode code points (as Python does), UTF-16 code units, or bytes of UTF-8. */
export const offsetUnits = ["characters", "utf16", "bytes"] as const;

/** A unit of {@linkcode offsetUnits}. */
export type OffsetUnit = typeof offsetUnits[number];

/** What an input says of a document. */
export interface DocumentPlace {
  /** From 0. */
  readonly document: number;
  /** What the input calls it, where it says. */
  readonly id?: string | number;
  /** Its language, where the input says: a code as it has it. */
  readonly language?: string;
}

/** A word, with its place in its document. */
export interface RawWord {
  readonly text: string;
  /** Where it begins in its sentence's `text`, in UTF-16 code units. */
  readonly at: number;
  /** Offset of its first character in the document, in the reader's unit. */
  readonly start: number;
  /** Offset behind its last character. */
  readonly end: number;
}

/** A sentence, with its place in its document. */
export interface RawSentence extends DocumentPlace {
  /** Position in the document, from 0. */
  readonly sentence: number;
  /** From its first word to its last one; of given words, the words with one space between. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** At least one. */
  readonly words: readonly RawWord[];
  /** Whether the input had the words: nothing was cut. */
  readonly isGiven: boolean;
  /** Of a column file: the lines of its words. */
  readonly lines?: readonly string[];
}

/** How long a text is in a unit. */
export function measured(text: string, unit: OffsetUnit): number {
  if (unit === "utf16") return text.length;
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // A pair of surrogates is one code point, of four bytes.
    const isPair = code >= 0xd800 && code < 0xdc00 && i + 1 < text.length;
    if (isPair) i++;
    if (unit === "characters") length++;
    else length += isPair ? 4 : code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
  }
  return length;
}

/** A sentence of words that are given: its text has one space between them. */
export function sentenceOfWords(
  words: readonly string[],
  place: DocumentPlace & Pick<RawSentence, "sentence" | "lines">,
  unit: OffsetUnit,
): RawSentence {
  let at = 0, start = 0;
  const placed = words.map((text): RawWord => {
    const word = { text, at, start, end: start + measured(text, unit) };
    at += text.length + 1;
    start = word.end + 1;
    return word;
  });
  return {
    ...place,
    isGiven: true,
    text: words.join(" "),
    start: 0,
    end: start - 1,
    words: placed,
  };
}
