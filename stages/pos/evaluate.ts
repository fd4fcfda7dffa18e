/**
 * Parts of speech: predicted tags → accuracy of words, and F1 of each tag.
 *
 * @module
 */
import { evaluateStage } from "../../lib/experiment/evaluate_stage.ts";
import { scoreWords } from "../../lib/metrics/class_scores.ts";
import { forPeople } from "../../lib/core/words.ts";

/** A word that was cut off counts as wrong. */
export const evaluate = evaluateStage({
  kind: "pos.evaluate",
  about: forPeople("scores tags of words: accuracy, and precision, recall and F1 by tag"),
  score: scoreWords,
  headline: { metric: "accuracy", of: "micro" },
});
