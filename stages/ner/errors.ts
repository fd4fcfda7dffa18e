/**
 * Predicted entity tags → the errors that transfer between languages is said to bring and to spare.
 *
 * @module
 */
import { z } from "zod";
import {
  answeredEntities,
  type AnsweredSplit,
  answeredSplits,
  formOf,
  isEntityTag,
} from "../../lib/analysis/answered.ts";
import {
  commonEntityRows,
  type KnownEntity,
  SharedForms,
} from "../../lib/analysis/common_entities.ts";
import { recallErrorRows } from "../../lib/analysis/recall_errors.ts";
import { UserError } from "../../lib/core/errors.ts";
import { spansOf } from "../../lib/core/spans.ts";
import { forPeople } from "../../lib/core/words.ts";
import { defineStage, table } from "../../lib/plan/stage.ts";
import { readTable, writeTable } from "../../lib/table/parquet_tables.ts";
import { type ExampleRow, examplesTable } from "../../lib/table/schemas/examples.ts";
import { predictionsTable } from "../../lib/table/schemas/predictions.ts";
import { commonEntitiesTable, recallErrorsTable } from "../../lib/table/schemas/transfer_errors.ts";

/** Runs no model. */
export const errors = defineStage({
  kind: "ner.errors",
  about: forPeople(
    "counts recall errors by gold type, and errors on entities that other languages' training has",
  ),
  params: z.strictObject({}),
  inputs: {
    predictions: {
      about: "what a model predicted, in any languages",
      takes: "many",
      files: ["predictions.parquet"],
    },
    train: {
      about: "tokenized corpora of all languages, whose training entities are looked up",
      takes: "many",
      files: ["train.parquet"],
    },
  },
  outputs: {
    "recall_errors.parquet": table(recallErrorsTable),
    "common_entities.parquet": table(commonEntitiesTable),
  },
  async run({ inputs, output, log }) {
    const splits = answeredSplits(
      await readTable(
        predictionsTable,
        inputs.predictions.map(({ files }) => files["predictions.parquet"]),
      ),
    );
    if (splits.length === 0) {
      throw new UserError({
        message: "Cannot count errors without predictions",
        hint: "give the input predictions of a model that read some examples",
      });
    }
    const shared = new SharedForms(knownEntities(
      await readTable(examplesTable, inputs.train.map(({ files }) => files["train.parquet"])),
    ));
    const entities = splits.map(answeredEntities);
    splits.forEach(({ by }) => checkOthers(by, shared));
    const common = splits.flatMap((split, i) => commonEntityRows(split, entities[i], shared));
    await writeTable(
      recallErrorsTable,
      output("recall_errors.parquet"),
      splits.flatMap(recallErrorRows),
    );
    await writeTable(commonEntitiesTable, output("common_entities.parquet"), common);
    for (const { model, language, split, grain, gold, errorRate } of common) {
      if (grain !== "exact") continue;
      log(
        `${model}: ${language} ${split}: ${gold} entities have the name and type of one elsewhere` +
          (errorRate === null ? "" : `, error rate ${errorRate.toFixed(1)} %`),
      );
    }
  },
});

/**
 * The entities of training sentences as they are; variants of a sentence have no names of a corpus.
 *
 * @throws {UserError} where they have none, as they are of another task
 */
function knownEntities(rows: readonly ExampleRow[]): KnownEntity[] {
  return rows.filter(({ variant }) => variant === 0).flatMap((row) => {
    const { corpus, language, split, sentence, units, answers } = row;
    const odd = answers.find((tag) => !isEntityTag(tag));
    if (odd === undefined) {
      return spansOf(answers).map((span) => ({
        language,
        type: span.type,
        form: formOf(units, span),
      }));
    }
    throw new UserError({
      message: `Cannot find entities in sentence ${sentence} of the ${split} split of ${corpus}, ` +
        `${language}: "${odd}" is neither O nor B- or I- with a type`,
      hint: "take the examples of ner.tokenize in input train",
    });
  });
}

/** @throws {UserError} where there is no other language to share an entity with */
function checkOthers(
  { language, corpus }: AnsweredSplit["by"],
  { languages }: SharedForms,
): void {
  if (languages.difference(new Set([language])).size > 0) return;
  throw new UserError({
    message: `Cannot look for entities that ${corpus}, ${language} shares with other languages: ` +
      `the input train has ${languages.size === 0 ? "no entities" : `${language} alone`}`,
    hint: "name all of them: train: { stage: tokens, where: { language: $languages } }",
  });
}
