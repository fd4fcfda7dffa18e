/**
 * Counts of two systems → how many sentences and seeds would decide between them.
 *
 * @module
 */
import { z } from "zod";
import { readEvaluations } from "../lib/analysis/evaluations.ts";
import { powerRows } from "../lib/analysis/power_plans.ts";
import { scoreParams } from "../lib/analysis/score_params.ts";
import { count } from "../lib/plan/bounds.ts";
import { defineStage, table } from "../lib/plan/stage.ts";
import { writeTable } from "../lib/table/parquet_tables.ts";
import { powerTable } from "../lib/table/schemas/comparisons.ts";

const params = z.strictObject({
  ...scoreParams,
  sentences: z.array(count.min(2).max(1_000_000)).min(1).optional().describe(
    "sizes of test sets; by default the one that has run, twice and four times that",
  ),
  seeds: z.array(count.positive().max(1_000)).min(1).default([2, 3, 5, 10]).describe(
    "seeds of each system; 1 where a system has run with one",
  ),
  alpha: z.number().gt(0).lt(1).default(0.05).describe("at which p a comparison is decided"),
  enough: z.number().gt(0).lt(1).default(0.8).describe("the power that is enough"),
  simulations: count.min(20).max(100_000).default(400).describe(
    "of each plan: 400 tell power within some 0.05",
  ),
  draw: count.default(0).describe("names the random numbers"),
});

/** It takes the difference that has been seen for true. */
export const power = defineStage({
  kind: "power",
  about: "simulates comparisons with other numbers of sentences and seeds, from what has run",
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
  outputs: { "power.parquet": table(powerTable) },
  async run({ params, inputs, output, log }) {
    const [ofA, ofB] = [
      await readEvaluations(inputs.a, params),
      await readEvaluations(inputs.b, params),
    ];
    const { rows, lines } = powerRows(ofA, ofB, params);
    await writeTable(powerTable, output("power.parquet"), rows);
    for (const line of lines) log(line);
    log(`${rows.filter(({ isEnough }) => isEnough).length} of ${rows.length} plans are enough`);
  },
});
