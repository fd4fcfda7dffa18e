/**
 * Precision, recall and F1 of entity spans.
 *
 * @module
 */
import { type Span, type SpanMode, spansOf } from "../core/spans.ts";

/** Precision, recall and F1 as shares from 0 to 1; 0 where a denominator is 0. */
export interface SpanScore {
  precision: number;
  recall: number;
  f1: number;
  /** Entities in the gold tags. */
  support: number;
  /** Entities in the predicted tags. */
  predicted: number;
  /** Entities in both, equal in type and both ends. */
  correct: number;
}

/** Scores over all entities, averaged over types, and of each type. */
export interface SpanScores {
  micro: SpanScore;
  /** Unweighted means over types; counts are sums. */
  macro: SpanScore;
  /** By type, in code-unit order: every type in gold or prediction. */
  types: Map<string, SpanScore>;
}

function scoreOf(correct: number, predicted: number, support: number): SpanScore {
  const precision = predicted > 0 ? correct / predicted : 0;
  const recall = support > 0 ? correct / support : 0;
  const f1 = precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
  return { precision, recall, f1, support, predicted, correct };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Scores predicted tags against gold tags (Nakayama 2018, seqeval; Tjong Kim Sang & De Meulder
 * 2003, conlleval).
 *
 * @param gold tags of every sentence
 * @param predicted tags of the same sentences, equally long
 * @throws {RangeError} when the numbers of sentences or words differ
 */
export function scoreSpans(
  gold: readonly (readonly string[])[],
  predicted: readonly (readonly string[])[],
  mode: SpanMode = "default",
): SpanScores {
  if (gold.length !== predicted.length) {
    throw new RangeError(
      `Cannot score predictions: got ${predicted.length} sentences, gold has ${gold.length}`,
    );
  }
  const counts = new Map<string, SpanCount>();
  for (let i = 0; i < gold.length; i++) {
    if (gold[i].length !== predicted[i].length) {
      throw new RangeError(
        `Cannot score sentence ${i}: got ${predicted[i].length} tags, gold has ${gold[i].length}`,
      );
    }
    countSpans(spansOf(gold[i], mode), spansOf(predicted[i], mode), counts);
  }
  return spanScores(counts);
}

/** Entities of a type: in the gold tags, in the predicted ones, and in both. */
export interface SpanCount {
  correct: number;
  predicted: number;
  support: number;
}

/** Adds the entities of a sentence to the counts of their types. Both lists are in the words' order. */
export function countSpans(
  gold: readonly Span[],
  predicted: readonly Span[],
  counts: Map<string, SpanCount>,
): void {
  const countOf = (type: string): SpanCount => {
    let count = counts.get(type);
    if (!count) counts.set(type, count = { correct: 0, predicted: 0, support: 0 });
    return count;
  };
  for (const { type } of gold) countOf(type).support++;
  let at = 0;
  for (const { type, start, end } of predicted) {
    const count = countOf(type);
    count.predicted++;
    while (at < gold.length && gold[at].start < start) at++;
    const own = gold[at];
    if (own?.start === start && own.end === end && own.type === type) count.correct++;
  }
}

/** The scores of the entities that were counted. */
export function spanScores(counts: ReadonlyMap<string, SpanCount>): SpanScores {
  const types = new Map(
    [...counts].sort(([a], [b]) => a < b ? -1 : 1)
      .map(([type, c]) => [type, scoreOf(c.correct, c.predicted, c.support)]),
  );
  const all = [...types.values()];
  const sum = (pick: (score: SpanScore) => number) => all.reduce((s, score) => s + pick(score), 0);
  const totals = [sum((s) => s.correct), sum((s) => s.predicted), sum((s) => s.support)] as const;
  return {
    micro: scoreOf(...totals),
    macro: {
      ...scoreOf(...totals),
      precision: mean(all.map((s) => s.precision)),
      recall: mean(all.map((s) => s.recall)),
      f1: mean(all.map((s) => s.f1)),
    },
    types,
  };
}
