/**
 * Many evaluations → the source × target matrix.
 *
 * @module
 */
import { z } from "zod";
import { transferMatrix } from "../lib/analysis/transfer.ts";
import { defineStage, table } from "../lib/plan/stage.ts";
import { readTable, writeTable } from "../lib/table/duckdb.ts";
import { scoresTable } from "../lib/table/schemas/scores.ts";
import { transferTable } from "../lib/table/schemas/transfer.ts";

/** Mean and standard deviation over seeds, and the gap to the in-language model. */
export const transfer = defineStage({
  kind: "transfer",
  about: "gathers scores into the source × target matrix",
  params: z.strictObject({}),
  inputs: {
    scores: { about: "evaluations", takes: "many", files: ["scores.parquet"] },
  },
  outputs: { "transfer.parquet": table(transferTable) },
  async run({ inputs, output, log }) {
    const scores = await readTable(
      scoresTable,
      inputs.scores.map(({ files }) => files["scores.parquet"]),
    );
    const matrix = transferMatrix(scores);
    await writeTable(transferTable, output("transfer.parquet"), matrix);
    log(`${matrix.length} pairs from ${inputs.scores.length} evaluations`);
  },
});
