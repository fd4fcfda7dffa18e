/**
 * Counts along a learning curve, and those of another system → how many training sentences it takes
 * to be as good.
 *
 * @module
 */
import { z } from "zod";
import { crossingRows } from "../lib/analysis/crossings.ts";
import { readEvaluations } from "../lib/analysis/evaluations.ts";
import { intervalParams, scoreParams } from "../lib/analysis/score_params.ts";
import { defineStage, table } from "../lib/plan/stage.ts";
import { writeTable } from "../lib/table/parquet_tables.ts";
import { crossingsTable } from "../lib/table/schemas/crossings.ts";

const params = z.strictObject({
  sizeAxis: z.string().describe(
    "the axis of the curve's evaluations that says how many sentences a model was trained on",
  ),
  ...scoreParams,
  ...intervalParams,
});

/** From how many sentences of its own a language does better than by transfer, for one. */
export const crossing = defineStage({
  kind: "crossing",
  about: "finds where a learning curve reaches what another system scores, and how sure that is",
  params,
  inputs: {
    curve: {
      about: "evaluations of models trained on more and more sentences",
      takes: "many",
      files: ["counts.parquet"],
      named: true,
    },
    level: {
      about: "evaluations of the system whose score is to be reached",
      takes: "many",
      files: ["counts.parquet"],
      named: true,
    },
  },
  outputs: { "crossings.parquet": table(crossingsTable) },
  needsAxis: ({ sizeAxis }, input) =>
    input !== "curve" ? undefined : {
      axis: sizeAxis,
      param: "sizeAxis",
      cannot: "the number of training sentences",
      hint: "name the axis in sizeAxis that says it",
    },
  async run({ params, inputs, output, log }) {
    const rows = crossingRows(
      await readEvaluations(inputs.curve, params),
      await readEvaluations(inputs.level, params),
      params,
    );
    await writeTable(crossingsTable, output("crossings.parquet"), rows);
    for (const { language, smallest, largest, crossing, low, high } of rows) {
      const told = (at: number): string =>
        at === 0 ? `below ${smallest}` : at === Infinity ? `above ${largest}` : `${Math.round(at)}`;
      log(`${language}: reached at ${told(crossing)} sentences [${told(low)}, ${told(high)}]`);
    }
  },
});
