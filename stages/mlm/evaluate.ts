/**
 * Masked language models: guessed pieces → accuracy and perplexity.
 *
 * @module
 */
import { forPeople } from "../../lib/core/words.ts";
import { evaluateStage } from "../../lib/experiment/evaluate_stage.ts";
import { scoreMasked } from "../../lib/metrics/masked_scores.ts";

/** Perplexities of one tokenizer alone can be compared: they are of its pieces. */
export const evaluate = evaluateStage({
  kind: "mlm.evaluate",
  about: forPeople("scores guessed pieces: accuracy, and perplexity exp(mean loss)"),
  score: scoreMasked,
  headline: { metric: "perplexity", of: "micro" },
});
