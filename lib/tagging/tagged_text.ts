/**
 * Tagged sentences as text: with tags inline, as CoNLL, and as JSON lines.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";
import { entitiesOf } from "./entities.ts";
import type { TaggedSentence } from "./tagged_sentence.ts";

/** What tagged sentences are written with. */
export interface TextOptions {
  /** The version of ICU that cuts sentences and words. */
  readonly icu: string;
  /** Gives a text with a tag the look of the tag. */
  readonly paint?: (text: string, tag: string) => string;
  /** Makes a text of somebody else harmless for a terminal. */
  readonly show?: (text: string) => string;
}

/** A text on one line: white space with a line break in it becomes a space. */
export function onOneLine(text: string): string {
  return text.replace(/[\s\x85]+/gu, (space) => /[^\t \xa0\u3000]/.test(space) ? " " : space);
}

/**
 * A line with a sentence and its tags: `[PER Anna Meier] lives in [LOC Berlin].`, and
 * `Anna/PROPN lives/VERB` where tags are of words.
 */
export function inlineTags(
  sentence: TaggedSentence,
  { paint = (text) => text, show = (text) => text }: TextOptions,
): string {
  const { text, words, tags, hasSpans } = sentence;
  const shown = (part: string) => show(onOneLine(part));
  const marked = hasSpans
    ? entitiesOf(sentence).map(({ start, end, type, text }) => ({
      from: words[start].at,
      to: words[end - 1].at + words[end - 1].text.length,
      line: paint(`[${show(type)} ${shown(text)}]`, type),
    }))
    : words.map(({ at, text }, i) => ({
      from: at,
      to: at + text.length,
      line: `${shown(text)}${paint(`/${show(tags[i].tag)}`, tags[i].tag)}`,
    }));
  let line = "", at = 0;
  for (const { from, to, line: part } of marked) {
    line += shown(text.slice(at, from)) + part;
    at = to;
  }
  return `${line}${shown(text.slice(at))}\n`;
}

/**
 * The lines of a sentence with a blank one behind them: word and tag, or a line of a column file as
 * it came, and the tag.
 *
 * @throws {UserError} for a word that the format cannot hold
 */
export function conllLines(
  { words, tags, lines, document }: TaggedSentence,
  { show = (text) => text }: TextOptions,
): string {
  const rows = words.map(({ text }, i) => {
    const { tag } = tags[i];
    if (lines) return `${show(lines[i])}${lines[i].includes("\t") ? "\t" : " "}${show(tag)}\n`;
    if (text === "" || /[\s\x85]/u.test(text)) {
      throw new UserError({
        message: `Cannot write the word ${JSON.stringify(text)} of document ${document + 1} as ` +
          `CoNLL: a word there has no white space`,
        hint: "take --to json",
      });
    }
    return `${show(text)} ${show(tag)}\n`;
  });
  return `${rows.join("")}\n`;
}

/** A sentence as one line of JSON, with offsets and probabilities. */
export function jsonLine(sentence: TaggedSentence, { icu }: TextOptions): string {
  const { document, id, language, model, text, start, end, words, tags, hasSpans } = sentence;
  return harmlessJson({
    document,
    id,
    language,
    model,
    sentence: sentence.sentence,
    start,
    end,
    text,
    words: words.map(({ text, start, end }, i) => ({
      text,
      start,
      end,
      tag: tags[i].tag,
      probability: rounded(tags[i].probability),
    })),
    ...hasSpans
      ? {
        entities: entitiesOf(sentence).map(({ type, text, from, to, probability }) => ({
          type,
          start: from,
          end: to,
          text,
          probability: rounded(probability),
        })),
      }
      : {},
    icu: sentence.isGiven ? undefined : icu,
  });
}

/** A line of JSON. Controls of C1 are obeyed by terminals, and JSON leaves them as they are. */
export function harmlessJson(value: object): string {
  return JSON.stringify(value).replace(
    /[\x7f-\x9f]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  ) + "\n";
}

/** A probability as it is written. */
export function rounded(probability: number): number {
  return Number(probability.toFixed(6));
}
