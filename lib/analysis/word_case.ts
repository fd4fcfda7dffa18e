/**
 * How words are capitalised.
 *
 * @module
 */

/** The ways, in the order in which tables have them. */
export const capitalisations = ["upper", "capitalised", "lower", "mixed", "uncased"] as const;

/**
 * How a text is capitalised: `upper` or `lower` where all letters are; else `capitalised` or
 * `mixed`, by whether the first letter is upper. Letters of scripts without case do not count; a text
 * of none but those is `uncased`.
 */
export function capitalisationOf(text: string): typeof capitalisations[number] {
  const letters = text.match(/[\p{Lu}\p{Lt}\p{Ll}]/gu);
  if (letters === null) return "uncased";
  const isUpper = (letter: string): boolean => /[\p{Lu}\p{Lt}]/u.test(letter);
  if (letters.every(isUpper)) return "upper";
  if (!letters.some(isUpper)) return "lower";
  const [first] = letters;
  return isUpper(first) ? "capitalised" : "mixed";
}
