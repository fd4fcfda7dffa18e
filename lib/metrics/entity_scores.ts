/**
 * The scores of entity spans, as rows.
 *
 * @module
 */
import { type SpanMode, spansOf } from "../core/spans.ts";
import { scoreSpans, type SpanScore } from "./spans.ts";

/** A sentence with the tags that it should have and those that it got. */
export interface AnsweredSentence {
  readonly gold: readonly string[];
  readonly predicted: readonly string[];
}

/** A score: of an entity type, a class, or an average of them. */
export interface NamedScore {
  readonly metric: string;
  readonly of: string;
  /** %; a count where the metric is one. */
  readonly value: number;
  readonly support: number;
}

/** How often a class stands in a sentence. */
export interface ClassCount {
  readonly counting: string;
  readonly of: string;
  readonly gold: number;
  readonly predicted: number;
  readonly correct: number;
}

/** Scores, and what they are made of sentence by sentence: `micro` stands in each. */
export interface Scored {
  readonly scores: readonly NamedScore[];
  readonly counts: readonly (readonly ClassCount[])[];
}

const modes: readonly SpanMode[] = ["default", "strict"];

/**
 * Precision, recall and F1 of entities, micro, macro and by type, %: as seqeval's default, and as its
 * strict IOB2 mode with the prefix `strict`.
 */
export function scoreEntities(sentences: readonly AnsweredSentence[]): Scored {
  const scores = modes.flatMap((mode) => {
    const { micro, macro, types } = scoreSpans(
      sentences.map(({ gold }) => gold),
      sentences.map(({ predicted }) => predicted),
      mode,
    );
    const rows = (of: string, score: SpanScore): NamedScore[] =>
      (["f1", "precision", "recall"] as const).map((metric) => ({
        metric: mode === "default" ? metric : `strict${metric[0].toUpperCase()}${metric.slice(1)}`,
        of,
        value: 100 * score[metric],
        support: score.support,
      }));
    return [
      ...rows("micro", micro),
      ...rows("macro", macro),
      ...[...types].flatMap(([type, score]) => rows(type, score)),
    ];
  });
  return {
    scores,
    counts: sentences.map((sentence) => modes.flatMap((mode) => countsOf(sentence, mode))),
  };
}

function countsOf({ gold, predicted }: AnsweredSentence, mode: SpanMode): ClassCount[] {
  const counts = new Map<string, { gold: number; predicted: number; correct: number }>();
  const of = (name: string) => {
    if (!counts.has(name)) counts.set(name, { gold: 0, predicted: 0, correct: 0 });
    return counts.get(name)!;
  };
  const micro = of("micro");
  const known = new Set<string>();
  for (const { type, start, end } of spansOf(gold, mode)) {
    known.add(`${start}:${end}:${type}`);
    of(type).gold++;
    micro.gold++;
  }
  for (const { type, start, end } of spansOf(predicted, mode)) {
    const correct = known.has(`${start}:${end}:${type}`) ? 1 : 0;
    of(type).predicted++;
    micro.predicted++;
    of(type).correct += correct;
    micro.correct += correct;
  }
  return [...counts].map(([name, count]) => ({ counting: mode, of: name, ...count }));
}
