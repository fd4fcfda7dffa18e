/**
 * From the tags of a test split to the rows of `predictions` and `scores`.
 *
 * @module
 */
import { scoreSpans, type SpanScore } from "../metrics/spans.ts";
import { writeTable } from "../table/duckdb.ts";
import { type PredictionRow, predictionsTable } from "../table/schemas/predictions.ts";
import { type ScoreRow, scoresTable } from "../table/schemas/scores.ts";

/** Which model was tried on which test split. */
export interface Trial {
  readonly model: string;
  readonly source: string;
  readonly target: string;
  readonly seed: number | null;
}

/** A test sentence with what a model said of it. */
export interface JudgedSentence {
  readonly sentence: number;
  readonly tokens: readonly string[];
  readonly gold: readonly string[];
  /** One tag per word; `O` for words that were cut off. */
  readonly predicted: readonly string[];
  /** −ln p(gold) per word, for as many words as the model saw; empty for a model without p. */
  readonly loss: readonly number[];
  /** Words that were cut off. */
  readonly lostWords: number;
}

/** One row per word, in order. */
export function predictionRows(
  trial: Trial,
  sentences: readonly JudgedSentence[],
): PredictionRow[] {
  return sentences.flatMap(({ sentence, tokens, gold, predicted, loss }) =>
    tokens.map((token, word) => ({
      ...trial,
      sentence,
      word,
      token,
      gold: gold[word],
      predicted: predicted[word],
      loss: loss[word] ?? null,
    }))
  );
}

/** One row per span mode and entity type, micro and macro average included. */
export function scoreRows(trial: Trial, sentences: readonly JudgedSentence[]): ScoreRow[] {
  const lostWords = sentences.reduce((sum, sentence) => sum + sentence.lostWords, 0);
  return (["default", "strict"] as const).flatMap((mode) => {
    const { micro, macro, types } = scoreSpans(
      sentences.map((sentence) => sentence.gold),
      sentences.map((sentence) => sentence.predicted),
      mode,
    );
    const rowOf = (type: string, score: SpanScore): ScoreRow => ({
      ...trial,
      mode,
      type,
      precision: 100 * score.precision,
      recall: 100 * score.recall,
      f1: 100 * score.f1,
      support: score.support,
      predicted: score.predicted,
      correct: score.correct,
      lostWords,
    });
    return [
      rowOf("micro", micro),
      rowOf("macro", macro),
      ...[...types].map(([type, score]) => rowOf(type, score)),
    ];
  });
}

/**
 * Writes both tables of a trial.
 *
 * @param output the path of an output by its name
 * @returns one line that sums them up
 */
export async function writeTrial(
  trial: Trial,
  sentences: readonly JudgedSentence[],
  output: (name: "predictions.parquet" | "scores.parquet") => string,
): Promise<string> {
  const scores = scoreRows(trial, sentences);
  await writeTable(
    predictionsTable,
    output("predictions.parquet"),
    predictionRows(trial, sentences),
  );
  await writeTable(scoresTable, output("scores.parquet"), scores);
  return `micro F1 ${scores[0].f1.toFixed(2)} on ${sentences.length} sentences`;
}
