/**
 * The terms in which every reader speaks: splits and tagged sentences.
 *
 * @module
 */

/** The splits of a corpus, in the order in which they are read and reported. */
export const splitNames = ["train", "validation", "test"] as const;

/** A split of a corpus. */
export type Split = (typeof splitNames)[number];

/** A sentence: its words, and one IOB2 tag for each. */
export interface TaggedSentence {
  tokens: string[];
  tags: string[];
}

/** The tags of a corpus: those of its entity types in IOB2, or one of a list for every word. */
export type TagSet =
  | { readonly entityTypes: readonly string[]; readonly tags?: undefined }
  | { readonly tags: readonly string[]; readonly entityTypes?: undefined };

/** The IOB2 tag of a word that goes on with the entity of the word before. */
export function continuationOf(tag: string): string {
  return tag === "O" ? tag : `I-${tag.slice(2)}`;
}
