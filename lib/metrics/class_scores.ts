/**
 * The scores of single answers, of words or of texts, as rows.
 *
 * @module
 */
import type { AnsweredSentence, ClassCount, NamedScore, Scored } from "./entity_scores.ts";

/** Accuracy over words, and precision, recall and F1 of each tag, %. */
export function scoreWords(sentences: readonly AnsweredSentence[]): Scored {
  return scoreClasses(sentences, "words");
}

/** Accuracy over texts, and precision, recall and F1 of each class, %. */
export function scoreTexts(sentences: readonly AnsweredSentence[]): Scored {
  return scoreClasses(sentences, "sentences");
}

/**
 * Accuracy is micro F1 where every answer has one class. Macro averages are over the classes that the
 * gold data has (scikit-learn with `labels=` those): macro recall is balanced accuracy.
 */
function scoreClasses(sentences: readonly AnsweredSentence[], counting: string): Scored {
  const totals = new Map<string, { gold: number; predicted: number; correct: number }>();
  const counts = sentences.map(({ gold, predicted }): ClassCount[] => {
    if (gold.length !== predicted.length) {
      throw new RangeError(`Cannot score ${predicted.length} answers: gold has ${gold.length}`);
    }
    const own = new Map<string, { gold: number; predicted: number; correct: number }>();
    const of = (name: string) => {
      if (!own.has(name)) own.set(name, { gold: 0, predicted: 0, correct: 0 });
      return own.get(name)!;
    };
    const micro = of("micro");
    gold.forEach((wanted, i) => {
      const correct = predicted[i] === wanted ? 1 : 0;
      for (const count of [of(wanted), micro]) count.gold++;
      for (const count of [of(predicted[i]), micro]) count.predicted++;
      for (const count of [of(wanted), micro]) count.correct += correct;
    });
    for (const [name, count] of own) {
      const total = totals.get(name) ?? { gold: 0, predicted: 0, correct: 0 };
      total.gold += count.gold;
      total.predicted += count.predicted;
      total.correct += count.correct;
      totals.set(name, total);
    }
    return [...own].map(([name, count]) => ({ counting, of: name, ...count }));
  });
  const { gold: support = 0, correct = 0 } = totals.get("micro") ?? {};
  totals.delete("micro");
  const classes = [...totals].sort(([a], [b]) => a < b ? -1 : 1);
  const byClass = classes.map(([name, { gold, predicted, correct }]) => ({
    name,
    support: gold,
    precision: percent(correct, predicted),
    recall: percent(correct, gold),
    f1: percent(2 * correct, gold + predicted),
  }));
  const inGold = byClass.filter((each) => each.support > 0);
  const metrics = ["f1", "precision", "recall"] as const;
  const scores: NamedScore[] = [
    { metric: "accuracy", of: "micro", value: percent(correct, support), support },
    ...metrics.map((metric) => ({
      metric,
      of: "macro",
      value: inGold.reduce((sum, each) => sum + each[metric], 0) / Math.max(1, inGold.length),
      support,
    })),
    ...byClass.flatMap((each) =>
      metrics.map((metric) => ({
        metric,
        of: each.name,
        value: each[metric],
        support: each.support,
      }))
    ),
  ];
  return { scores, counts };
}

/** 0 where nothing is counted. */
function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : 100 * part / whole;
}
