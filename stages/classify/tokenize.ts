/**
 * Classification of texts, such as sentiment: texts → examples that ask for a class.
 *
 * @module
 */
import { z } from "zod";
import { tokenizeParams, tokenizeStage } from "../../lib/experiment/tokenize_stage.ts";
import { textsTable } from "../../lib/table/schemas/texts.ts";
import { askText } from "../../lib/tasks/asking.ts";
import { forPeople } from "../../lib/core/words.ts";

const classes = z.array(z.string().min(1)).min(2).refine(
  (names) => new Set(names).size === names.length,
  "expected every class once",
);

/** Tokenizes the three splits of a corpus. */
export const tokenize = tokenizeStage({
  kind: "classify.tokenize",
  about: forPeople("turns texts into pieces and asks for the class of each text"),
  corpus: textsTable,
  params: tokenizeParams({
    classes: classes.describe("the classes, in the order of the classifier's rows"),
  }),
  asks: "sentences",
  labels: ({ classes }) => classes,
  ask: ({ text, label }) => ({ units: [text], answers: [label] }),
  encode: (tokenizer, { text }, [gold], { maxTokens }) => askText(tokenizer, text, gold, maxTokens),
});
