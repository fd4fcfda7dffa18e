/**
 * Parts of speech: sentences → examples that ask for the universal tag of every word.
 *
 * @module
 */
import { z } from "zod";
import { tokenizeParams, tokenizeStage } from "../../lib/experiment/tokenize_stage.ts";
import { labelledPieces } from "../../lib/models/example_format.ts";
import { sentencesTable } from "../../lib/table/schemas/sentences.ts";
import { askWords } from "../../lib/tasks/asking.ts";
import { untagged } from "../../lib/tasks/untagged.ts";
import { universalTags } from "../../lib/core/tags.ts";
import { forPeople } from "../../lib/core/words.ts";

/** Tokenizes the three splits of a corpus. */
export const tokenize = tokenizeStage({
  kind: "pos.tokenize",
  about: forPeople(
    "turns words into pieces and asks for a part of speech at the first piece of each word",
  ),
  corpus: sentencesTable,
  params: tokenizeParams({
    labels: z.enum(labelledPieces).default("first").describe(
      "the pieces of a training word that carry its label; words are scored by the first",
    ),
  }),
  asks: "words",
  labels: () => universalTags,
  labelled: ({ labels }) => labels,
  refusesInput: (_params, _, { without }) => untagged(without),
  ask: ({ tokens, tags }) => ({ units: tokens, answers: tags }),
  encode: (tokenizer, { units }, gold, { maxTokens, labelled }) =>
    askWords(tokenizer, units, gold, maxTokens, labelled),
});
