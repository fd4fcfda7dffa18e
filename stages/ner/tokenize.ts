/**
 * Named entities: sentences → examples that ask for a tag of every word.
 *
 * @module
 */
import { z } from "zod";
import { tokenizeParams, tokenizeStage } from "../../lib/experiment/tokenize_stage.ts";
import { labelledPieces } from "../../lib/models/example_format.ts";
import { seed } from "../../lib/plan/bounds.ts";
import { sentencesTable } from "../../lib/table/schemas/sentences.ts";
import { askWords } from "../../lib/tasks/asking.ts";
import { iob2Tags } from "../../lib/core/tags.ts";
import { keepTypes } from "../../lib/tasks/entity_labels.ts";
import { droppedEntities, entityTypeProblems, nothingKept } from "../../lib/tasks/entity_types.ts";
import { recombineNames } from "../../lib/tasks/recombine.ts";
import { untagged } from "../../lib/tasks/untagged.ts";
import { forPeople } from "../../lib/core/words.ts";

const fields = tokenizeParams({
  labels: z.enum(labelledPieces).default("first").describe(
    "the pieces of a training word that carry its label; words are scored by the first",
  ),
  entityTypes: z.array(z.string()).min(1).default(["PER", "ORG", "LOC"]).describe(
    "entity types that are asked, in the order of the classifier's labels",
  ),
  ignoreTypes: z.array(z.string()).default([]).describe("entity types that become O"),
  recombineNames: z.number().min(0).max(1).default(0).describe(
    "share of name words that take the second half of another name, anew in every variant",
  ),
  variants: z.int().min(1).max(1000).default(16).describe(
    "with recombineNames: how often the training sentences are recombined; each epoch reads one",
  ),
  recombineSeed: seed.default(1).describe("names what is recombined with what"),
});

const params = fields.superRefine((given, { addIssue }) =>
  entityTypeProblems(given).forEach((problem) => addIssue({ code: "custom", ...problem }))
);

/** Tokenizes the three splits of a corpus. */
export const tokenize = tokenizeStage({
  kind: "ner.tokenize",
  about: forPeople(
    "turns words into pieces and asks for an entity tag at the first piece of each word",
  ),
  corpus: sentencesTable,
  params,
  asks: "words",
  scheme: "iob2",
  labels: ({ entityTypes }) => iob2Tags(entityTypes),
  labelled: ({ labels }) => labels,
  refusesInput: (params, _, { entityTypes, without }) =>
    untagged(without) ?? nothingKept(params, entityTypes),
  note: (split, rows, types) =>
    droppedEntities(
      split,
      rows.map(({ tags }) => tags),
      rows.map(({ tags }) => keepTypes(tags, types.entityTypes, types.ignoreTypes)),
      types,
    ),
  ask: ({ tokens, tags }, { entityTypes, ignoreTypes }) => ({
    units: tokens,
    answers: keepTypes(tags, entityTypes, ignoreTypes),
  }),
  encode: (tokenizer, { units }, gold, { maxTokens, labelled }) =>
    askWords(tokenizer, units, gold, maxTokens, labelled),
  variants: (rows, { recombineNames: rate, recombineSeed, variants, ...types }) =>
    rate === 0 ? [] : Array.from({ length: variants }, (_, epoch) => {
      const kept = rows.map((row) => ({
        ...row,
        tags: keepTypes(row.tags, types.entityTypes, types.ignoreTypes),
        group: row.language,
      }));
      return recombineNames(kept, rate, recombineSeed, epoch)
        .map(({ tokens }, i) => ({ ...rows[i], tokens }));
    }),
});
