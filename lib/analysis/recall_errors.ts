/**
 * Words whose right answer a model did not give, by what is right (Mueller, Andrews & Dredze 2020,
 * §5.1, Figure 1).
 *
 * @module
 */
import { compareStrings } from "../core/canonical_json.ts";
import type { RecallErrorRow } from "../table/schemas/transfer_errors.ts";
import type { AnsweredSplit } from "./answered.ts";

/**
 * A row for each gold type, O among them: an error on a word that is O is an entity too many. B- and
 * I- of a type are one, so that an entity that begins in the wrong place errs where types differ.
 */
export function recallErrorRows({ by, sentences }: AnsweredSplit): RecallErrorRow[] {
  const counts = new Map<string, { words: number; errors: number }>();
  for (const { gold, predicted } of sentences) {
    gold.forEach((answer, i) => {
      const tag = typeOf(answer);
      const count = counts.get(tag) ?? { words: 0, errors: 0 };
      count.words++;
      if (typeOf(predicted[i]) !== tag) count.errors++;
      counts.set(tag, count);
    });
  }
  return [...counts].sort(([a], [b]) => compareStrings(a, b)).map(([tag, { words, errors }]) => ({
    ...by,
    tag,
    words,
    errors,
    rate: 100 * errors / words,
  }));
}

function typeOf(tag: string): string {
  return tag === "O" ? tag : tag.slice(2);
}
