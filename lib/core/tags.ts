/**
 * The tags of the field: IOB2 for entities, and the universal parts of speech. The one place where
 * their rules stand.
 *
 * @module
 */

/** `O`, then `B-` and `I-` of every type in the order given: all tags, and a classifier's rows. */
export function iob2Tags(entityTypes: readonly string[]): string[] {
  return ["O", ...entityTypes.flatMap((type) => [`B-${type}`, `I-${type}`])];
}

/**
 * Whether an IOB2 tag goes on with an entity that `previous` (nothing at the start of a sentence)
 * neither begins nor goes on with. The usual scorers count such a tag as the beginning of an entity.
 */
export function isOrphanInside(tag: string, previous = "O"): boolean {
  return tag.startsWith("I-") && (previous === "O" || previous.slice(2) !== tag.slice(2));
}

/** The 17 tags of Universal Dependencies 2 (Nivre et al. 2020, table 1), in alphabetical order. */
export const universalTags: readonly string[] = (
  "ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X"
).split(" ");
