/**
 * The terms in which every reader speaks: splits, tagged sentences and IOB2 tags.
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

/** The universal parts of speech (Universal Dependencies 2). */
export const upos: readonly string[] = (
  "ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X"
).split(" ");

/** Every tag that entities of these types can give: `O`, then `B-` and `I-` of each type. */
export function tagsOf(entityTypes: readonly string[]): string[] {
  return ["O", ...entityTypes.flatMap((type) => [`B-${type}`, `I-${type}`])];
}

/**
 * Whether `tag` goes on with an entity that `previous` (nothing at the start of a sentence) neither
 * begins nor goes on with. The usual scorers count such a tag as the beginning of an entity.
 */
export function isOrphanInside(tag: string, previous = "O"): boolean {
  return tag.startsWith("I-") && previous.slice(2) !== tag.slice(2);
}

/** The IOB2 tag of a word that goes on with the entity of the word before. */
export function continuationOf(tag: string): string {
  return tag === "O" ? tag : `I-${tag.slice(2)}`;
}
