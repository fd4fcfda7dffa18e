/**
 * Natural language inference: pairs of texts → examples that ask whether the first entails the
 * second.
 *
 * @module
 */
import { z } from "zod";
import { tokenizeParams, tokenizeStage } from "../../lib/experiment/tokenize_stage.ts";
import { textsTable } from "../../lib/table/schemas/texts.ts";
import { askPair } from "../../lib/tasks/asking.ts";
import { nameProblems } from "../../lib/tasks/class_names.ts";
import { bothTexts, textsRefused } from "../../lib/tasks/pairs.ts";
import { forPeople } from "../../lib/core/words.ts";

const fields = tokenizeParams({
  classes: z.array(z.string()).min(2).default(["entailment", "neutral", "contradiction"]).describe(
    "the classes of pairs, in the order of the classifier's rows",
  ),
});

const params = fields.superRefine(({ classes }, { addIssue }) =>
  nameProblems("classes", classes, { spaces: true, learnt: true })
    .forEach((problem) => addIssue({ code: "custom", ...problem }))
);

/** Tokenizes the three splits of a corpus of pairs. */
export const tokenize = tokenizeStage({
  kind: "entail.tokenize",
  about: forPeople("turns pairs of texts into pieces and asks for the class of each pair"),
  corpus: textsTable,
  params,
  asks: "sentences",
  pairs: true,
  labels: ({ classes }) => classes,
  refusesInput: (_params, _input, { pairs }) => textsRefused(pairs),
  ask: (row) => ({ units: [bothTexts(row).join("\n")], answers: [row.label] }),
  encode: (tokenizer, row, [gold], { maxTokens, tokenTypes }) =>
    askPair(tokenizer, bothTexts(row), gold, { maxTokens, tokenTypes }),
});
