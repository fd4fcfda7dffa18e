/**
 * The scores of entity spans, as rows.
 *
 * @module
 */
import { type SpanMode, spansOf } from "../core/spans.ts";
import { countSpans, type SpanCount, type SpanScore, spanScores } from "./spans.ts";

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
  const counts = sentences.map((): ClassCount[] => []);
  const scores = modes.flatMap((mode) => {
    const totals = new Map<string, SpanCount>();
    sentences.forEach(({ gold, predicted }, i) => {
      if (gold.length !== predicted.length) {
        throw new RangeError(
          `Cannot score sentence ${i}: got ${predicted.length} tags, gold has ${gold.length}`,
        );
      }
      const own = new Map<string, SpanCount>();
      countSpans(spansOf(gold, mode), spansOf(predicted, mode), own);
      counts[i].push(...classCounts(own, mode));
      for (const [type, { correct, predicted, support }] of own) {
        const total = totals.get(type);
        if (total === undefined) totals.set(type, { correct, predicted, support });
        else {
          total.correct += correct;
          total.predicted += predicted;
          total.support += support;
        }
      }
    });
    const { micro, macro, types } = spanScores(totals);
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
  return { scores, counts };
}

/** A sentence's counts as rows: `micro` first, then its types in the order of their entities. */
function classCounts(counts: ReadonlyMap<string, SpanCount>, mode: SpanMode): ClassCount[] {
  const micro = { counting: mode, of: "micro", gold: 0, predicted: 0, correct: 0 };
  const rows: ClassCount[] = [micro];
  for (const [of, { support: gold, predicted, correct }] of counts) {
    micro.gold += gold;
    micro.predicted += predicted;
    micro.correct += correct;
    rows.push({ counting: mode, of, gold, predicted, correct });
  }
  return rows;
}
