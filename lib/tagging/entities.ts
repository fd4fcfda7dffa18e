/**
 * The entities of a tagged sentence.
 *
 * @module
 */
import { type Span, spansOf } from "../core/spans.ts";
import type { TaggedSentence } from "./tagged_sentence.ts";

/** An entity, by words, by offsets in the document, and by its text. */
export interface Entity extends Span {
  readonly text: string;
  /** Offset of its first character in the document. */
  readonly from: number;
  /** Offset behind its last character. */
  readonly to: number;
  /** The least of its words' probabilities. */
  readonly probability: number;
}

/** The entities of a sentence whose tags are of spans, in order. */
export function entitiesOf({ text, words, tags }: TaggedSentence): Entity[] {
  return spansOf(tags.map(({ tag }) => tag)).map((span) => {
    const [first, last] = [words[span.start], words[span.end - 1]];
    return {
      ...span,
      text: text.slice(first.at, last.at + last.text.length),
      from: first.start,
      to: last.end,
      probability: tags.slice(span.start, span.end)
        .reduce((least, { probability }) => Math.min(least, probability), 1),
    };
  });
}
