/**
 * Entity types of pieces, and tags of words.
 *
 * @module
 */

/** How the tags of words follow from the types of pieces. */
export interface Types {
  /** `O`, and every entity type. */
  readonly names: readonly string[];
  /** The type of every tag, by the tag's index. */
  readonly ofLabel: readonly number[];
  /** The type of the piece between a word with that tag and the word before it. */
  readonly before: readonly number[];
}

/**
 * The types of IOB2 tags. All pieces of a word have its type; what stands between two words has their
 * type where both are of one entity, and else is `O`.
 */
export function typesOf(labels: readonly string[]): Types {
  const names = ["O", ...new Set(labels.flatMap((label) => label === "O" ? [] : [label.slice(2)]))];
  const ofLabel = labels.map((label) => label === "O" ? 0 : names.indexOf(label.slice(2)));
  return {
    names,
    ofLabel,
    before: labels.map((label, i) => label.startsWith("I-") ? ofLabel[i] : 0),
  };
}
