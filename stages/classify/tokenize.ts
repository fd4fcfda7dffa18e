/**
 * Classification of texts, such as sentiment: texts → examples that ask for a class.
 *
 * @module
 */
import { z } from "zod";
import { tokenizeParams, tokenizeStage } from "../../lib/experiment/tokenize_stage.ts";
import { textsTable } from "../../lib/table/schemas/texts.ts";
import { askText } from "../../lib/tasks/asking.ts";
import { nameProblems } from "../../lib/tasks/class_names.ts";
import { pairsRefused, refusePair } from "../../lib/tasks/pairs.ts";
import { forPeople } from "../../lib/core/words.ts";

const fields = tokenizeParams({
  classes: z.array(z.string()).min(2).describe(
    "the classes, in the order of the classifier's rows",
  ),
});

const params = fields.superRefine(({ classes }, { addIssue }) =>
  nameProblems("classes", classes, { spaces: true, learnt: true })
    .forEach((problem) => addIssue({ code: "custom", ...problem }))
);

/** Tokenizes the three splits of a corpus. */
export const tokenize = tokenizeStage({
  kind: "classify.tokenize",
  about: forPeople("turns texts into pieces and asks for the class of each text"),
  corpus: textsTable,
  params,
  asks: "sentences",
  labels: ({ classes }) => classes,
  refusesInput: (_params, _input, { pairs }) => pairsRefused(pairs),
  ask(row) {
    refusePair(row);
    return { units: [row.text], answers: [row.label] };
  },
  encode: (tokenizer, { text }, [gold], { maxTokens }) => askText(tokenizer, text, gold, maxTokens),
});
