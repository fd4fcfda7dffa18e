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

/** Every tag that entities of these types can give: `O`, then `B-` and `I-` of each type. */
export function tagsOf(entityTypes: readonly string[]): string[] {
  return ["O", ...entityTypes.flatMap((type) => [`B-${type}`, `I-${type}`])];
}

/**
 * Whether `tag` goes on with an entity that `previous` neither begins nor goes on with. The usual
 * scorers count such a tag as the beginning of an entity.
 */
export function isOrphanInside(tag: string, previous: string): boolean {
  return tag.startsWith("I-") && previous.slice(2) !== tag.slice(2);
}

/**
 * Turns IOB1 tags into IOB2. In IOB1 an entity begins with `I-`; `B-` is used only where it
 * follows another of its type (Ramshaw & Marcus 1995, as in CoNLL-2003).
 */
export function iob1ToIob2(tags: readonly string[]): string[] {
  return tags.map((tag, i) =>
    isOrphanInside(tag, i === 0 ? "O" : tags[i - 1]) ? `B-${tag.slice(2)}` : tag
  );
}
