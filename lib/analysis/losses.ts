/**
 * Where the loss of a model is: by token, by right answer and by sentence; and its worst sentences.
 *
 * @module
 */
import { compareStrings } from "../core/canonical_json.ts";
import type { LossRow, WorstRow } from "../table/schemas/errors.ts";
import type { Answered, AnsweredSplit } from "./answered.ts";

interface Total {
  readonly name: string;
  readonly sentence: number | null;
  count: number;
  sum: number;
  max: number;
  wrong: number;
}

/**
 * The tokens, the right answers and the sentences with the greatest sum of the loss, `top` of each. A
 * model without probabilities has none.
 */
export function lossRows({ by, sentences }: AnsweredSplit, top: number): LossRow[] {
  const tokens = new Map<string, Total>(), labels = new Map<string, Total>();
  const whole: Total[] = [];
  for (const each of sentences) {
    const own = newTotal(each.words.join(" "), each.sentence);
    each.losses.forEach((loss, i) => {
      if (loss === null) return;
      const wrong = each.gold[i] === each.predicted[i] ? 0 : 1;
      for (
        const total of [totalOf(tokens, each.words[i]), totalOf(labels, each.gold[i]), own]
      ) {
        total.count++;
        total.sum += loss;
        total.max = Math.max(total.max, loss);
        total.wrong += wrong;
      }
    });
    if (own.count > 0) whole.push(own);
  }
  const rows = (of: string, totals: readonly Total[]): LossRow[] =>
    totals.toSorted(byLoss).slice(0, top)
      .map((total, i) => ({ ...by, of, rank: i + 1, ...total, mean: total.sum / total.count }));
  return [
    ...rows("token", [...tokens.values()]),
    ...rows("label", [...labels.values()]),
    ...rows("sentence", whole),
  ];
}

/** The `top` sentences by loss; of a model without probabilities those with most wrong answers. */
export function worstRows({ by, sentences }: AnsweredSplit, top: number): WorstRow[] {
  const all = sentences.map((each) => ({ each, loss: lossOf(each), wrong: wrongIn(each) }));
  const hasLosses = all.some(({ loss }) => loss !== null);
  return all.filter(({ loss, wrong }) => hasLosses ? loss !== null || wrong > 0 : wrong > 0)
    .sort((a, b) =>
      (b.loss ?? -1) - (a.loss ?? -1) || b.wrong - a.wrong || a.each.sentence - b.each.sentence
    )
    .slice(0, top)
    .map(({ each: { sentence, lost, words, gold, predicted }, loss, wrong }, i) => ({
      ...by,
      rank: i + 1,
      sentence,
      loss,
      wrong,
      lost,
      words,
      gold,
      predicted,
    }));
}

function totalOf(totals: Map<string, Total>, name: string): Total {
  let total = totals.get(name);
  if (total === undefined) totals.set(name, total = newTotal(name, null));
  return total;
}

function newTotal(name: string, sentence: number | null): Total {
  return { name, sentence, count: 0, sum: 0, max: 0, wrong: 0 };
}

function byLoss(a: Total, b: Total): number {
  return b.sum - a.sum || compareStrings(a.name, b.name) ||
    (a.sentence ?? 0) - (b.sentence ?? 0);
}

/** The sum over the answers that have a loss; null where none has. */
function lossOf({ losses }: Answered): number | null {
  const known = losses.filter((loss) => loss !== null);
  return known.length === 0 ? null : known.reduce((sum, loss) => sum + loss, 0);
}

function wrongIn({ gold, predicted }: Answered): number {
  return gold.filter((answer, i) => answer !== predicted[i]).length;
}
