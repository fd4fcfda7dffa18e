/**
 * Counts of two sets of evaluations → where one system is better, and how sure that is.
 *
 * @module
 */
import { z } from "zod";
import { comparisonRows } from "../lib/analysis/comparisons.ts";
import { readEvaluations } from "../lib/analysis/evaluations.ts";
import { comparisonParams, intervalParams, scoreParams } from "../lib/analysis/score_params.ts";
import { defineStage, table } from "../lib/plan/stage.ts";
import { writeTable } from "../lib/table/parquet_tables.ts";
import { comparisonsTable } from "../lib/table/schemas/comparisons.ts";

const params = z.strictObject({ ...scoreParams, ...intervalParams, ...comparisonParams });

/** Differences are A minus B. */
export const comparison = defineStage({
  kind: "comparison",
  about: "compares systems on the same test sets: difference, interval, corrected p, effect size",
  params,
  inputs: {
    a: {
      about: "evaluations of the system that may be better",
      takes: "many",
      files: ["counts.parquet"],
      named: true,
    },
    b: {
      about: "evaluations of what it is held against",
      takes: "many",
      files: ["counts.parquet"],
      named: true,
    },
  },
  outputs: { "comparisons.parquet": table(comparisonsTable) },
  async run({ params, inputs, output, log }) {
    const [ofA, ofB] = [
      await readEvaluations(inputs.a, params),
      await readEvaluations(inputs.b, params),
    ];
    const { rows, lines } = comparisonRows(ofA, ofB, params);
    await writeTable(comparisonsTable, output("comparisons.parquet"), rows);
    for (const line of lines) log(line);
    const count = (verdict: string): number => rows.filter((row) => row.verdict === verdict).length;
    log(`${count("better")} better, ${count("worse")} worse, ${count("undecided")} undecided`);
  },
});
