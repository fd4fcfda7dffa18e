/**
 * The scores of guessed pieces, as rows.
 *
 * @module
 */
import type { AnsweredSentence, Scored } from "./entity_scores.ts";

/** A sentence with the pieces that were to be guessed. */
export interface GuessedSentence extends AnsweredSentence {
  /** −ln p of each right piece, nats. */
  readonly losses: readonly (number | null)[];
}

/**
 * Accuracy, %, and perplexity exp(mean −ln p), of all guessed pieces. A model that gives no p has no
 * perplexity.
 */
export function scoreMasked(sentences: readonly GuessedSentence[]): Scored {
  let asked = 0, right = 0, sum = 0, known = 0;
  const counts = sentences.map(({ gold, predicted, losses }) => {
    const correct = gold.filter((piece, i) => piece === predicted[i]).length;
    asked += gold.length;
    right += correct;
    for (const loss of losses) {
      if (loss === null) continue;
      sum += loss;
      known++;
    }
    const count = { gold: gold.length, predicted: predicted.length, correct };
    return [{ counting: "pieces", of: "micro", ...count }];
  });
  const accuracy = asked === 0 ? 0 : 100 * right / asked;
  return {
    scores: [
      { metric: "accuracy", of: "micro", value: accuracy, support: asked },
      ...known === 0 ? [] : [
        { metric: "perplexity", of: "micro", value: Math.exp(sum / known), support: known },
      ],
    ],
    counts,
  };
}
