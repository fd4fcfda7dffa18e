/**
 * Sentences with what a model says of their words.
 *
 * @module
 */
import type { RawSentence } from "../raw_text/raw_sentence.ts";

/** What a model says of a word. */
export interface WordTag {
  readonly tag: string;
  /** The model's probability of the tag at this word, 0 … 1. */
  readonly probability: number;
}

/** A sentence with a tag for each of its words. */
export interface TaggedSentence extends RawSentence {
  readonly tags: readonly WordTag[];
  /** Whether the tags are of spans: `O`, `B-X`, `I-X`. */
  readonly hasSpans: boolean;
  /** Which of a router's models said it. */
  readonly model?: string;
}

/** Tags sentences: one model, or several behind a router. */
export interface SentenceTagger {
  /** The sentences with their tags, in the order given. */
  tagged(sentences: readonly RawSentence[]): Promise<TaggedSentence[]>;
}
