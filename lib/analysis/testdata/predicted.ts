/**
 * Invented predictions, for tests.
 *
 * @module
 */
import type { PredictionRow } from "../../table/schemas/predictions.ts";

/** Words, right and predicted answers, and losses, each with spaces between; "-" for a lost word. */
export type Sentence = readonly [words: string, gold: string, predicted: string, losses?: string];

/** Whose answers they are where nothing else is said. */
export const by = { model: "encoder", corpus: "c", language: "eng", split: "test" };

/** Rows of predictions of sentences, in their order. */
export function predictionRows(sentences: readonly Sentence[], whose = by): PredictionRow[] {
  return sentences.flatMap(([words, gold, predicted, losses], sentence) => {
    const [golds, answers, each] = [gold, predicted, losses ?? ""].map((text) => text.split(" "));
    return words.split(" ").map((text, unit): PredictionRow => ({
      ...whose,
      sentence,
      unit,
      text,
      gold: golds[unit],
      predicted: answers[unit],
      loss: losses === undefined || each[unit] === "-" ? null : Number(each[unit]),
      lost: each[unit] === "-",
    }));
  });
}
