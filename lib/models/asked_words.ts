/**
 * Examples as models read them that label a sentence's words together.
 *
 * @module
 */
import type { Example } from "./model.ts";

/** The words of a sentence, in their order. */
export interface AskedWords {
  /** For each word, the places of its pieces in the example. */
  readonly places: readonly (readonly number[])[];
  /** For everything that is asked, the index of its word. */
  readonly asked: readonly number[];
  /** The right label of each word; 0 where none is asked. */
  readonly gold: readonly number[];
}

/** The words of an example. What is asked of a word is asked at one of its pieces. */
export function askedWords({ wordIds, asked, gold }: Example): AskedWords {
  const places: number[][] = [];
  const indexOf = new Map<number, number>();
  wordIds.forEach((word, place) => {
    if (word < 0) return;
    let index = indexOf.get(word);
    if (index === undefined) indexOf.set(word, index = places.push([]) - 1);
    places[index].push(place);
  });
  const words = asked.map((place) => indexOf.get(wordIds[place])!);
  const labels = new Array<number>(places.length).fill(0);
  words.forEach((word, k) => labels[word] = gold[k]);
  return { places, asked: words, gold: labels };
}
