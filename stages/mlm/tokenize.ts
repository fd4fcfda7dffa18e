/**
 * Raw text: sentences → examples in which nothing is asked. A masked language model asks for pieces
 * that it masks itself.
 *
 * @module
 */
import { tokenizeParams, tokenizeStage } from "../../lib/experiment/tokenize_stage.ts";
import { sentencesTable } from "../../lib/table/schemas/sentences.ts";
import { askNothing } from "../../lib/tasks/asking.ts";
import { forPeople } from "../../lib/core/words.ts";

/** Tokenizes the three splits of a corpus. */
export const tokenize = tokenizeStage({
  kind: "mlm.tokenize",
  about: forPeople("turns words into pieces for a masked language model"),
  corpus: sentencesTable,
  params: tokenizeParams({}),
  asks: "nothing",
  labels: () => [],
  ask: () => ({ units: [], answers: [] }),
  encode: (tokenizer, { tokens }, _gold, { maxTokens }) => askNothing(tokenizer, tokens, maxTokens),
});
