/**
 * Classification of texts: predicted classes → accuracy, and precision, recall and F1 by class.
 *
 * @module
 */
import { evaluateStage } from "../../lib/experiment/evaluate_stage.ts";
import { scoreTexts } from "../../lib/metrics/class_scores.ts";
import { forPeople } from "../../lib/core/words.ts";

/** Macro averages are over the classes that the gold data has. */
export const evaluate = evaluateStage({
  kind: "classify.evaluate",
  about: forPeople(
    "scores classes of texts: accuracy, and precision, recall and F1 by class and macro",
  ),
  score: scoreTexts,
  headline: { metric: "f1", of: "macro" },
});
