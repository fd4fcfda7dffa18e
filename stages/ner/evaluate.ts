/**
 * Named entities: predicted tags → span scores, in both of the field's ways to read tags.
 *
 * @module
 */
import { evaluateStage } from "../../lib/experiment/evaluate_stage.ts";
import { scoreEntities } from "../../lib/metrics/entity_scores.ts";
import { forPeople } from "../../lib/core/words.ts";

/** Words are scored, never pieces. A word that was cut off counts as O. */
export const evaluate = evaluateStage({
  kind: "ner.evaluate",
  about: forPeople("scores entity spans: precision, recall and F1 by type, micro and macro"),
  score: scoreEntities,
  headline: { metric: "f1", of: "micro" },
});
