/**
 * Natural language inference: predicted classes of pairs → accuracy, and precision, recall and F1 by
 * class.
 *
 * @module
 */
import { evaluateStage } from "../../lib/experiment/evaluate_stage.ts";
import { scoreTexts } from "../../lib/metrics/class_scores.ts";
import { forPeople } from "../../lib/core/words.ts";

/** XNLI is scored by accuracy (Conneau et al. 2018). */
export const evaluate = evaluateStage({
  kind: "entail.evaluate",
  about: forPeople(
    "scores classes of pairs: accuracy, and precision, recall and F1 by class and macro",
  ),
  score: scoreTexts,
  headline: { metric: "accuracy", of: "micro" },
});
