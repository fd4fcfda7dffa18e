/**
 * The universal parts of speech.
 *
 * @module
 */

/** The 17 tags of Universal Dependencies 2 (Nivre et al. 2020, table 1), in alphabetical order. */
export const universalTags = [
  "ADJ",
  "ADP",
  "ADV",
  "AUX",
  "CCONJ",
  "DET",
  "INTJ",
  "NOUN",
  "NUM",
  "PART",
  "PRON",
  "PROPN",
  "PUNCT",
  "SCONJ",
  "SYM",
  "VERB",
  "X",
] as const;
