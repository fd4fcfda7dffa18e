/**
 * Predictions → what a model got wrong, as tables.
 *
 * @module
 */
import { z } from "zod";
import {
  answeredEntities,
  type AnsweredSplit,
  answeredSplits,
  checkAsked,
  formOf,
  isEntityTag,
} from "../lib/analysis/answered.ts";
import { answerBuckets, entityBuckets } from "../lib/analysis/buckets.ts";
import { answerConfusion, entityConfusion } from "../lib/analysis/confusion.ts";
import { lossRows, worstRows } from "../lib/analysis/losses.ts";
import { intervalParams } from "../lib/analysis/score_params.ts";
import { suspectRows } from "../lib/analysis/suspects.ts";
import { UserError } from "../lib/core/errors.ts";
import { spansOf } from "../lib/core/spans.ts";
import { count } from "../lib/plan/bounds.ts";
import { defineStage, table } from "../lib/plan/stage.ts";
import { readTable, writeTable } from "../lib/table/parquet_tables.ts";
import {
  type BucketRow,
  bucketsTable,
  type ConfusionRow,
  confusionTable,
  lossesTable,
  type SuspectRow,
  suspectsTable,
  worstTable,
} from "../lib/table/schemas/errors.ts";
import { type ExampleRow, examplesTable } from "../lib/table/schemas/examples.ts";
import { predictionsTable } from "../lib/table/schemas/predictions.ts";

const params = z.strictObject({
  answers: z.enum(["entities", "words", "texts"]).default("entities").describe(
    "what the answers are of: entities in IOB2 tags, single words, or whole texts",
  ),
  top: count.min(1).max(100_000).default(100).describe(
    "rows of tokens, labels, sentences and suspects of each reason, of every model and split",
  ),
  ...intervalParams,
});

/** Runs no model. Losses are there where the model gives probabilities. */
export const errors = defineStage({
  kind: "errors",
  about: "shows what a model got wrong: losses, confusion, worst sentences, suspects, buckets",
  params,
  inputs: {
    predictions: {
      about: "what a model predicted",
      takes: "many",
      files: ["predictions.parquet"],
    },
    train: {
      about: "tokenized corpora that the model was trained on: for what was seen in training",
      takes: "many",
      files: ["train.parquet"],
      optional: true,
    },
  },
  outputs: {
    "losses.parquet": table(lossesTable),
    "confusion.parquet": table(confusionTable),
    "worst.parquet": table(worstTable),
    "suspects.parquet": table(suspectsTable),
    "buckets.parquet": table(bucketsTable),
  },
  async run({ params, inputs, output, log }) {
    const { answers, top } = params;
    const splits = answeredSplits(
      await readTable(
        predictionsTable,
        inputs.predictions.map(({ files }) => files["predictions.parquet"]),
      ),
    );
    if (splits.length === 0) {
      throw new UserError({
        message: "Cannot analyse errors without predictions",
        hint: "give the input predictions of a model that read some examples",
      });
    }
    const entitiesOf = new Map(
      answers === "entities" ? splits.map((split) => [split, answeredEntities(split)]) : [],
    );
    if (answers !== "entities") splits.forEach((split) => checkAsked(split, answers));
    const train = inputs.train.length === 0 ? undefined : await readTable(
      examplesTable,
      inputs.train.map(({ files }) => files["train.parquet"]),
    );
    const known = train && knownForms(train, answers);
    const seen = known && ((form: string) => known.has(form));
    const confusion: ConfusionRow[] = [], suspects: SuspectRow[] = [], buckets: BucketRow[] = [];
    for (const split of splits) {
      confusion.push(...answerConfusion(split, answers === "texts" ? "sentences" : "words"));
      const entities = entitiesOf.get(split);
      if (entities !== undefined) {
        confusion.push(...entityConfusion(split, entities));
        suspects.push(...suspectRows(split, entities, annotatedBeside(split, train ?? []), top));
        buckets.push(...entityBuckets(split, entities, seen, params));
      }
      if (answers !== "entities") buckets.push(...answerBuckets(split, answers, seen, params));
    }
    const losses = splits.flatMap((split) => lossRows(split, top));
    const worst = splits.flatMap((split) => worstRows(split, top));
    await writeTable(lossesTable, output("losses.parquet"), losses);
    await writeTable(confusionTable, output("confusion.parquet"), confusion);
    await writeTable(worstTable, output("worst.parquet"), worst);
    await writeTable(suspectsTable, output("suspects.parquet"), suspects);
    await writeTable(bucketsTable, output("buckets.parquet"), buckets);
    for (const split of splits) log(summaryOf(split, buckets));
    if (!train) log("no input train: nothing is said of what was seen in training");
  },
});

/**
 * The entities, words or texts of the training examples.
 *
 * @throws {UserError} where they have no entities, as they are of another task
 */
function knownForms(rows: readonly ExampleRow[], answers: z.output<typeof params>["answers"]) {
  return new Set(
    rows.flatMap(({ corpus, language, split, sentence, units, answers: tags }) => {
      if (answers !== "entities") return units;
      const odd = tags.find((tag) => !isEntityTag(tag));
      if (odd === undefined) return spansOf(tags).map((span) => formOf(units, span));
      throw new UserError({
        message: `Cannot find entities in sentence ${sentence} of the ${split} split of ` +
          `${corpus}, ${language}: "${odd}" is neither O nor B- or I- with a type`,
        hint: "take the examples in input train that the model was trained on",
      });
    }),
  );
}

/** Training sentences of a split's own corpus and language, each once and as it is. */
function annotatedBeside({ by }: AnsweredSplit, rows: readonly ExampleRow[]) {
  const own = rows.filter(({ corpus, language, split, variant }) =>
    variant === 0 && corpus === by.corpus && language === by.language && split !== by.split
  );
  return [...new Map(own.map((row) => [row.sentence, row])).values()]
    .map(({ units, answers }) => ({ tokens: units, tags: answers }));
}

function summaryOf({ by, sentences }: AnsweredSplit, buckets: readonly BucketRow[]): string {
  const labels = buckets.filter((row) =>
    row.feature === "label" && row.model === by.model && row.corpus === by.corpus &&
    row.language === by.language && row.split === by.split
  );
  const sum = (column: "gold" | "predicted" | "correct") =>
    labels.reduce((total, row) => total + row[column], 0);
  const none = sentences.every(({ losses }) => losses.every((loss) => loss === null));
  return `${by.model}: ${by.corpus} ${by.language} ${by.split}: ${sum("correct")} right of ` +
    `${sum("predicted")} predicted and ${sum("gold")} gold` +
    (none ? "; the model gives no loss" : "");
}
