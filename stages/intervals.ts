/**
 * Counts of many evaluations → how sure their scores are.
 *
 * @module
 */
import { z } from "zod";
import { readEvaluations } from "../lib/analysis/evaluations.ts";
import { intervalRows } from "../lib/analysis/intervals.ts";
import { intervalParams, scoreParams, seedsAreParam } from "../lib/analysis/score_params.ts";
import { defineStage, table } from "../lib/plan/stage.ts";
import { writeTable } from "../lib/table/parquet_tables.ts";
import { intervalsTable } from "../lib/table/schemas/intervals.ts";

const params = z.strictObject({
  ...scoreParams,
  ...intervalParams,
  method: z.enum(["percentile", "bca"]).default("percentile").describe(
    "of the interval on one target; percentile is widened where few seeds have run",
  ),
  seeds: seedsAreParam,
});

/** Over targets, intervals are percentile, widened where few seeds have run. */
export const intervals = defineStage({
  kind: "intervals",
  about: "gives scores their intervals: on every target, and in the mean over targets",
  params,
  inputs: {
    counts: {
      about: "evaluations of any number of models and targets",
      takes: "many",
      files: ["counts.parquet"],
      named: true,
    },
  },
  outputs: { "intervals.parquet": table(intervalsTable) },
  async run({ params, inputs, output, log }) {
    const evaluations = await readEvaluations(inputs.counts, params);
    const { rows, lines } = intervalRows(evaluations, params);
    await writeTable(intervalsTable, output("intervals.parquet"), rows);
    for (const line of lines) log(line);
    log(`${rows.length} intervals`);
  },
});
