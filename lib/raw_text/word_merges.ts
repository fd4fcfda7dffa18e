/**
 * Joins what Unicode's word rules cut and CoNLL's files do not: `e-mail`, `U.S.`, `Dr.`, `...`, and
 * addresses.
 *
 * @module
 */
import type { Abbreviations } from "./abbreviations.ts";
import type { TextRange } from "./segmenter.ts";

/** Addresses, names with `@` and `#`, and acronyms. Every repetition that may fail is bounded. */
const wholes = new RegExp(
  [
    /(?:https?:\/\/|www\.)[^\s<>"]+/u,
    /(?<![\p{L}\p{N}])[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,64}(?:\.[\p{L}\p{N}-]{1,64}){1,8}/u,
    /(?<![\p{L}\p{N}])[@#][\p{L}\p{M}\p{N}_]+/u,
    /(?<![\p{L}\p{M}\p{N}.])(?:\p{L}\p{M}*\.){2,}/u,
  ].map(({ source }) => source).join("|"),
  "gu",
);
const trailing = /[.,;:!?'"’”»)\]}]+$/u;
const isAddress = /^(?:https?:\/\/|www\.)/;
/** No word is made of these alone. */
const unseen = /^[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]*$/u;
const wordLike = /[\p{L}\p{N}]/u;
const hyphens = /^[-\u2010\u2011]$/u;
const repeated = /^([\p{P}=~+*<>|^`])\1*$/u;

/**
 * The words of a sentence.
 *
 * @param segments as Unicode's rules cut it, without gaps
 */
export function mergedWords(
  sentence: string,
  segments: readonly TextRange[],
  abbreviations: Abbreviations,
): TextRange[] {
  const whole = joined(segments, wholesIn(sentence));
  const seen = whole.filter(({ start, end }) => {
    const code = sentence.charCodeAt(start);
    // Most of them, and quickly: printable ASCII.
    return code > 0x20 && code < 0x7f || !unseen.test(sentence.slice(start, end));
  });
  const words: TextRange[] = [];
  const textOf = ({ start, end }: TextRange) => sentence.slice(start, end);
  for (let i = 0; i < seen.length; i++) {
    const next = seen[i];
    const last = words.at(-1);
    if (last?.end !== next.start) {
      words.push(next);
      continue;
    }
    const [before, own] = [textOf(last), textOf(next)];
    const after = seen[i + 1];
    const behind = after?.start === next.end ? textOf(after) : "";
    const isInner = wordLike.test(before.slice(-2)) || before.endsWith(".") && before.length > 1;
    if (hyphens.test(own) && isInner && startsLikeWord(behind)) {
      words[words.length - 1] = { start: last.start, end: after.end };
      i++;
    } else if (own === "." && wordLike.test(before) && /^[\p{Ll}\p{N}]/u.test(behind)) {
      words[words.length - 1] = { start: last.start, end: after.end }; // amazon.com
      i++;
    } else if (
      own === "." && isAbbreviation(before, after && textOf(after), abbreviations) ||
      own[0] === before[0] && repeated.test(before) && repeated.test(own)
    ) {
      words[words.length - 1] = { start: last.start, end: next.end };
    } else words.push(next);
  }
  return words;
}

function startsLikeWord(text: string): boolean {
  return /^[\p{L}\p{N}]/u.test(text);
}

/** @param after the word behind the full stop; undefined at the end of a sentence */
function isAbbreviation(
  word: string,
  after: string | undefined,
  { anywhere, beforeNumbers }: Abbreviations,
): boolean {
  const lower = word.toLowerCase();
  if (anywhere.has(lower)) return true;
  if (after === undefined) return false;
  return /^(?:\p{Lu}\p{M}*\.?-)?\p{Lu}\p{M}*$/u.test(word) ||
    /^\p{N}/u.test(after) && beforeNumbers.has(lower);
}

/** Where a sentence has what is one word whatever Unicode's rules say. */
function wholesIn(sentence: string): TextRange[] {
  if (!/[@#]|:\/\/|www\.|\.\p{L}/u.test(sentence)) return [];
  return [...sentence.matchAll(wholes)].flatMap(({ 0: found, index }) => {
    const text = isAddress.test(found) ? found.replace(trailing, "") : found;
    return text === "" ? [] : [{ start: index, end: index + text.length }];
  });
}

/** Segments with those joined that a range covers; one that ends within a segment takes all of it. */
function joined(segments: readonly TextRange[], ranges: readonly TextRange[]): TextRange[] {
  if (ranges.length === 0) return [...segments];
  const out: TextRange[] = [];
  let r = 0;
  for (const segment of segments) {
    while (r < ranges.length && ranges[r].end <= segment.start) r++;
    const range = ranges[r];
    const last = out.at(-1);
    if (range && last && range.start < segment.start && last.start >= range.start) {
      out[out.length - 1] = { start: last.start, end: segment.end };
    } else out.push(segment);
  }
  return out;
}
