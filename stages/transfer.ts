/**
 * Many evaluations → the source × target matrix.
 *
 * @module
 */
import { z } from "zod";
import { transferMatrix, type TransferScore } from "../lib/analysis/transfer.ts";
import { UserError } from "../lib/core/errors.ts";
import { defineStage, table } from "../lib/plan/stage.ts";
import { readTable, writeTable } from "../lib/table/parquet_tables.ts";
import { scoresTable } from "../lib/table/schemas/scores.ts";
import { transferTable } from "../lib/table/schemas/transfer.ts";

const params = z.strictObject({
  metric: z.string().default("f1").describe("a metric of the table scores"),
  of: z.string().default("micro").describe("a class of the table scores, micro or macro"),
  sourceAxis: z.string().default("source").describe(
    "the axis of the evaluations that says what a model was trained on",
  ),
  seedAxis: z.string().default("seed").describe(
    "the axis of the evaluations that says the seed; a floor has none",
  ),
});

/** Sources are values of an axis, targets the languages of the test splits. */
export const transfer = defineStage({
  kind: "transfer",
  about: "puts sources against targets: mean and deviation over seeds, and the gap",
  params,
  inputs: {
    scores: {
      about: "evaluations of models from every source on every target",
      takes: "many",
      files: ["scores.parquet"],
      named: true,
    },
  },
  outputs: { "transfer.parquet": table(transferTable) },
  needsAxis: ({ sourceAxis }) => ({
    axis: sourceAxis,
    param: "sourceAxis",
    cannot: "the source",
    hint: "name the axis in sourceAxis that says what a model was trained on",
  }),
  async run({ params: { metric, of, sourceAxis, seedAxis }, inputs, output, log }) {
    const scores: TransferScore[] = [];
    const known = new Map<string, string>();
    for (const { instance, axes, files } of inputs.scores) {
      for (const row of await readTable(scoresTable, files["scores.parquet"])) {
        if (row.epoch !== null || row.metric !== metric || row.of !== of) continue;
        const score: TransferScore = {
          model: row.model,
          source: String(axes[sourceAxis]),
          target: row.language,
          seed: Object.hasOwn(axes, seedAxis) ? axes[seedAxis] : null,
          value: row.value,
        };
        const { model, source, target, seed } = score;
        const name = JSON.stringify([model, source, target, seed]);
        const before = known.get(name);
        if (before !== undefined) {
          throw new UserError({
            message: `Cannot tell a score of ${instance} from one of ${before}: both are of ` +
              `${model} from ${source} on ${target}` + (seed === null ? "" : `, seed ${seed}`),
            hint:
              "take the evaluations of one corpus and of one value of each other axis, with where",
          });
        }
        known.set(name, instance);
        scores.push(score);
      }
    }
    if (scores.length === 0) {
      throw new UserError({
        message: `Cannot compare ${metric} of ${of}: no evaluation has such a score`,
        hint: "the table scores has a row for every metric and what it is of",
      });
    }
    const rows = transferMatrix(scores, { metric, of });
    await writeTable(transferTable, output("transfer.parquet"), rows);
    log(`${rows.length} pairs`);
  },
});
