/**
 * Where sentences end in a source that does not say so by blank lines alone.
 *
 * @module
 */
import type { TaggedSentence } from "./tagged.ts";

/**
 * What ends a sentence beside a blank line:
 * - `blankLines`: nothing else;
 * - `everyWords`: so many words, and more where an entity would be cut;
 * - `afterWords`: one of these words, such as `.`, where no entity goes on;
 * - `index`: a line whose index is that of a first word;
 * - `afterFlag`: one of these flags in a column, which may hold several with `|` between.
 */
export type SentenceRule =
  | "blankLines"
  | "index"
  | { readonly everyWords: number }
  | { readonly afterWords: readonly string[] }
  | { readonly afterFlag: readonly string[]; readonly column: number | string };

/** Words in a sentence beyond which it is odd. */
export const longSentenceWords = 500;

/** Words in the only sentence of a split beyond which the split is refused. */
export const mostOnlySentenceWords = 1_000;

/** Words in a sentence beyond which a file is refused: no sentence is as long. */
export const mostSentenceWords = 10_000;

/** What to do about a file without blank lines. */
export const longSentenceHint =
  "blank lines are missing: declare where sentences end in data/sources.yaml, such as " +
  '`sentences: { afterWords: ["."] }` or `sentences: { everyWords: 50 }`';

/**
 * The numbers of the words, from 0, at which a rule begins another sentence. An entity is never
 * cut.
 *
 * @param sentence what stands between two blank lines, its tags in IOB2 or of a list
 */
export function cutsOf({ tokens, tags }: TaggedSentence, rule: SentenceRule): number[] {
  if (typeof rule === "string" || "afterFlag" in rule) return [];
  const cuts: number[] = [];
  let start = 0;
  for (let i = 1; i < tokens.length; i++) {
    const isFull = "everyWords" in rule
      ? i - start >= rule.everyWords
      : rule.afterWords.includes(tokens[i - 1]);
    if (!isFull || tags[i].startsWith("I-")) continue;
    cuts.push(i);
    start = i;
  }
  return cuts;
}
