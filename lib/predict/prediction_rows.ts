/**
 * From a model's answers to the rows of `predictions`.
 *
 * @module
 */
import type { ExampleFormat } from "../models/example_format.ts";
import type { Answer } from "../models/model.ts";
import type { ExampleRow } from "../table/schemas/examples.ts";
import type { PredictionRow } from "../table/schemas/predictions.ts";
import { decode, type Decoding } from "./decode.ts";

/** How answers become rows. */
export interface ReadingOptions {
  /** The model's name in the tables. */
  readonly model: string;
  readonly format: Pick<ExampleFormat, "labels" | "scheme">;
  readonly decoding: Decoding;
}

/**
 * One row per unit, in order. A unit that was cut off has no answer: it gets `O` where labels are
 * tags of spans, and elsewhere an empty text, which is never right.
 */
export function predictionRows(
  examples: readonly ExampleRow[],
  answers: readonly (readonly Answer[])[],
  { model, format: { labels, scheme }, decoding }: ReadingOptions,
): PredictionRow[] {
  const none = scheme === "iob2" ? "O" : "";
  return examples.flatMap((example, i) => {
    const { corpus, language, split, sentence, units } = example;
    const predicted = scheme === "iob2" && !answers[i][0]?.isDecoded
      ? decode(answers[i].map(({ logProbabilities }) => logProbabilities!), labels, decoding)
      : answers[i].map(({ label }) => label);
    return units.map((text, unit): PredictionRow => ({
      model,
      corpus,
      language,
      split,
      sentence,
      unit,
      text,
      gold: example.answers[unit],
      predicted: unit < predicted.length ? labels[predicted[unit]] : none,
      loss: answers[i][unit]?.loss ?? null,
      lost: unit >= predicted.length,
    }));
  });
}
