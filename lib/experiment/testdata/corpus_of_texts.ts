/**
 * Tokenized texts of two classes, made up.
 *
 * @module
 */
import type { ExampleRow } from "../../table/schemas/examples.ts";
import type { TrainInput } from "../mixture_corpora.ts";

/** What is asked of them. */
export const format = { asks: "sentences", labels: ["bad", "good"] } as const;

/** A tokenized corpus; of every ten texts, the first `bad` have the class 0. */
export function corpus(
  language: string,
  count: number,
  { corpus = "news", bad = 5, variants = 0 } = {},
): TrainInput {
  const rows = Array.from({ length: count * (1 + variants) }, (_, i): ExampleRow => {
    const sentence = i % count, variant = Math.floor(i / count);
    const answer = sentence % 10 < bad ? 0 : 1;
    return {
      corpus,
      language,
      split: "train",
      sentence,
      variant,
      units: [`text ${sentence} of variant ${variant}`],
      answers: [format.labels[answer]],
      inputIds: [1, 5, 2],
      typeIds: [],
      wordIds: [-1, 0, -1],
      asked: [0],
      gold: [answer],
      lostWords: 0,
    };
  });
  return { instance: `tokens[language=${language}]`, rows };
}
