/**
 * Makes the stage that scores predictions by a task's metrics. It runs no model.
 *
 * @module
 */
import { z } from "zod";
import { UserError } from "../core/errors.ts";
import { defineStage, table } from "../plan/stage.ts";
import { readTable, writeTable } from "../table/parquet_tables.ts";
import {
  type PredictionRow,
  predictionsTable,
  type WatchedRow,
  watchedTable,
} from "../table/schemas/predictions.ts";
import { type CountRow, countsTable, type ScoreRow, scoresTable } from "../table/schemas/scores.ts";

/** A sentence with its answers, in order. */
export interface AnsweredSentence {
  readonly gold: readonly string[];
  readonly predicted: readonly string[];
  /** −ln p of each right answer, nats; null where the model has none. */
  readonly losses: readonly (number | null)[];
}

/** What a task's metrics say of some sentences. */
export interface Scored {
  readonly scores: readonly Pick<ScoreRow, "metric" | "of" | "value" | "support">[];
  /** The counts of every sentence, in order; each has a row for `micro`. */
  readonly counts: readonly (readonly Pick<
    CountRow,
    "counting" | "of" | "gold" | "predicted" | "correct"
  >[])[];
}

/** What a task makes of predictions. */
export interface EvaluateTask {
  readonly kind: string;
  readonly about: string;
  score(sentences: readonly AnsweredSentence[]): Scored;
  /** The score that the log tells. */
  readonly headline: { readonly metric: string; readonly of: string };
}

/** Predictions of one model on one split, after one epoch or at the end. */
type Group = readonly (PredictionRow & { readonly epoch: number | null })[];

/** The stage. */
export function evaluateStage(task: EvaluateTask) {
  return defineStage({
    kind: task.kind,
    about: task.about,
    params: z.strictObject({}),
    inputs: {
      predictions: {
        about: "what a model predicted",
        takes: "many",
        files: ["predictions.parquet"],
        optional: true,
      },
      watched: {
        about: "what a model predicted while it was trained",
        takes: "many",
        files: ["watched.parquet"],
        optional: true,
      },
    },
    outputs: { "scores.parquet": table(scoresTable), "counts.parquet": table(countsTable) },
    async run({ inputs, output, log }) {
      const groups = [
        ...groupsOf(
          await readTable(
            predictionsTable,
            inputs.predictions.map(({ files }) => files["predictions.parquet"]),
          ),
        ),
        ...groupsOf(
          await readTable(
            watchedTable,
            inputs.watched.map(({ files }) => files["watched.parquet"]),
          ),
        ),
      ];
      if (groups.length === 0) {
        throw new UserError({
          message: `Cannot score without predictions`,
          hint: "give the input predictions, or watched, of a model that read some examples",
        });
      }
      const scores: ScoreRow[] = [], counts: CountRow[] = [];
      for (const rows of groups) {
        const { model, corpus, language, split, epoch } = rows[0];
        const of = { model, corpus, language, split, epoch };
        const bySentence = [...Map.groupBy(rows, ({ sentence }) => sentence)];
        for (const [sentence, units] of bySentence) checkOnce(sentence, units);
        const scored = task.score(bySentence.map(([, units]) => ({
          gold: units.map((row) => row.gold),
          predicted: units.map((row) => row.predicted),
          losses: units.map((row) => row.loss),
        })));
        const lost = rows.filter((row) => row.lost).length;
        for (
          const score of [
            ...scored.scores,
            ...meanLoss(rows),
            { metric: "lost", of: "micro", value: lost, support: rows.length },
          ]
        ) scores.push({ ...of, ...score });
        scored.counts.forEach((ofSentence, i) => {
          for (const count of ofSentence) {
            counts.push({ ...of, sentence: bySentence[i][0], ...count });
          }
        });
        const { metric, of: whose } = task.headline;
        const told = scored.scores.find((each) => each.metric === metric && each.of === whose);
        log(
          `${corpus} ${language} ${split}${epoch === null ? "" : `, epoch ${epoch}`}: ${whose} ` +
            `${metric} ${told?.value.toFixed(2)} on ${bySentence.length} sentences`,
        );
      }
      await writeTable(scoresTable, output("scores.parquet"), scores);
      await writeTable(countsTable, output("counts.parquet"), counts);
    },
  });
}

/** @throws {UserError} when a word has two answers: two models would be scored as one */
function checkOnce(sentence: number, units: Group): void {
  const { size } = new Set(units.map(({ unit }) => unit));
  if (size === units.length) return;
  const { model, corpus, language, split } = units[0];
  throw new UserError({
    message: `Cannot score predictions of several models as one: sentence ${sentence} of the ` +
      `${split} split of ${corpus}, ${language} has ${units.length} answers of ${model} to ` +
      `${size} questions`,
    hint: "take the predictions of one model: give this stage the axes that tell them apart",
  });
}

/** The mean of −ln p over what the model saw, nats. A model that gives no p has none. */
function meanLoss(rows: Group): Scored["scores"] {
  const losses = rows.flatMap(({ loss }) => loss === null ? [] : [loss]);
  if (losses.length === 0) return [];
  const value = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  return [{ metric: "loss", of: "micro", value, support: losses.length }];
}

/** Rows of one split each, in the order in which these first appear. */
function groupsOf(rows: readonly (PredictionRow & Partial<WatchedRow>)[]): Group[] {
  const groups = Map.groupBy(
    rows,
    ({ model, corpus, language, split, step }) =>
      JSON.stringify([model, corpus, language, split, step]),
  );
  return [...groups.values()].map((group) =>
    group.map((row) => ({ ...row, epoch: row.epoch ?? null }))
  );
}
