/**
 * The honest floor of every table: a tagger that knows the training entities by heart and nothing
 * else.
 *
 * @module
 */
import { spansOf } from "../core/spans.ts";

/** A sentence with its tags. */
export interface TaggedSentence {
  readonly tokens: readonly string[];
  readonly tags: readonly string[];
}

/**
 * Tags by longest match against the entities of the training sentences, left to right; a form seen
 * with several types takes its most frequent one (Tjong Kim Sang & De Meulder 2003, the CoNLL
 * baseline).
 */
export class Memorizer {
  readonly #typeOf = new Map<string, string>();
  #longest = 0;

  constructor(sentences: readonly TaggedSentence[]) {
    const counts = new Map<string, Map<string, number>>();
    for (const { tokens, tags } of sentences) {
      for (const { type, start, end } of spansOf(tags)) {
        const form = tokens.slice(start, end).join(" ");
        const ofForm = counts.get(form) ?? new Map<string, number>();
        ofForm.set(type, (ofForm.get(type) ?? 0) + 1);
        counts.set(form, ofForm);
        this.#longest = Math.max(this.#longest, end - start);
      }
    }
    for (const [form, ofForm] of counts) {
      const [[type]] = [...ofForm].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
      this.#typeOf.set(form, type);
    }
  }

  /** IOB2 tags for the words of a sentence. */
  tag(tokens: readonly string[]): string[] {
    const tags = tokens.map(() => "O");
    for (let start = 0; start < tokens.length;) {
      let width = Math.min(this.#longest, tokens.length - start);
      let type: string | undefined;
      for (; width > 0; width--) {
        type = this.#typeOf.get(tokens.slice(start, start + width).join(" "));
        if (type) break;
      }
      if (type) {
        for (let i = 0; i < width; i++) tags[start + i] = `${i === 0 ? "B" : "I"}-${type}`;
      }
      start += Math.max(1, width);
    }
    return tags;
  }
}
