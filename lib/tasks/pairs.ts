/**
 * Pairs of texts where single texts are asked for, and the other way round.
 *
 * @module
 */
import { type Problem, UserError } from "../core/errors.ts";

/** A row of a corpus of texts, with its place. */
export interface TextOrPair {
  readonly corpus: string;
  readonly language: string;
  readonly split: string;
  readonly sentence: number;
  readonly text: string;
  readonly second: string | null;
}

const hintOfPairs = "tokenize pairs with `use: entail.tokenize`";

/**
 * The problem of a corpus of pairs where one text is asked; undefined where it has none.
 *
 * @param pairs what a corpus tells: the column of second texts, or nothing
 */
export function pairsRefused(pairs: readonly string[] = []): Problem | undefined {
  if (pairs.length === 0) return undefined;
  return { message: "Cannot ask for the class of one text of a pair", hint: hintOfPairs };
}

/** The problem of a corpus of single texts where pairs are asked; undefined where it has pairs. */
export function textsRefused(pairs: readonly string[] | undefined): Problem | undefined {
  if (pairs === undefined || pairs.length > 0) return undefined;
  return {
    message: "Cannot ask about pairs of a corpus of single texts",
    hint: "tokenize single texts with `use: classify.tokenize`, or name the column of second " +
      "texts in data/sources.yaml",
  };
}

/** @throws {UserError} for a pair, whose second text would be lost */
export function refusePair(row: TextOrPair): void {
  if (row.second === null) return;
  throw new UserError({
    message: `Cannot ask for the class of one text: ${placeOf(row)} has a second text`,
    hint: hintOfPairs,
  });
}

/**
 * Both texts of a pair.
 *
 * @throws {UserError} where one of them is missing or has no words
 */
export function bothTexts(row: TextOrPair): [first: string, second: string] {
  const { text, second } = row;
  const missing = second === null
    ? "no second text"
    : second.trim() === ""
    ? "a second text without words"
    : text.trim() === ""
    ? "a first text without words"
    : undefined;
  if (second !== null && missing === undefined) return [text, second];
  throw new UserError({
    message: `Cannot ask about a pair: ${placeOf(row)} has ${missing}`,
    hint: second === null
      ? "tokenize single texts with `use: classify.tokenize`, or name the column of second texts " +
        "in data/sources.yaml"
      : "mend the row in its source, or leave it out there",
  });
}

function placeOf({ corpus, language, split, sentence }: TextOrPair): string {
  return `sentence ${sentence} in the ${split} split of ${corpus}, ${language}`;
}
