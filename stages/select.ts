/**
 * Scores epoch by epoch → which epoch each protocol chooses.
 *
 * @module
 */
import { z } from "zod";
import { protocols, selectEpochs } from "../lib/analysis/select_epochs.ts";
import { defineStage, table } from "../lib/plan/stage.ts";
import { readTable, writeTable } from "../lib/table/parquet_tables.ts";
import { scoresTable } from "../lib/table/schemas/scores.ts";
import { selectedTable } from "../lib/table/schemas/selected.ts";

const params = z.strictObject({
  protocols: z.array(z.enum(protocols)).min(1).default([...protocols]).describe(
    "who chooses: nobody (last), the source's validation split by loss or by score, or each " +
      "target's own",
  ),
  metric: z.string().default("f1").describe("a metric of the table scores"),
  of: z.string().default("micro").describe("a class of the table scores, micro or macro"),
  sources: z.array(z.string()).optional().describe(
    "the languages that the model was trained on; by default the value of sourceAxis",
  ),
  sourceAxis: z.string().default("source").describe(
    "the axis of the evaluation that says what the model was trained on",
  ),
  withoutDev: z.enum(["refuse", "leave"]).default("refuse").describe(
    "what becomes of a language whose validation split was not watched: refuse it, or leave it out " +
      "of the mean; where no language is left, the last epoch is chosen",
  ),
});

/** Writes which epoch each protocol chooses, and on what. */
export const select = defineStage({
  kind: "select",
  about: "chooses an epoch by every protocol, from what was watched during a training",
  params,
  inputs: {
    scores: {
      about: "an evaluation of what was watched",
      takes: "one",
      files: ["scores.parquet"],
      named: true,
    },
  },
  outputs: { "selected.parquet": table(selectedTable) },
  needsAxis({ protocols, sources, sourceAxis }) {
    const isAsked = protocols.some((protocol) => protocol.startsWith("source"));
    return sources || !isAsked ? undefined : {
      axis: sourceAxis,
      param: "sourceAxis",
      cannot: "the source",
      hint: "name the languages in sources, or the axis in sourceAxis",
    };
  },
  async run({ params, inputs, output, log }) {
    const [{ axes, files }] = inputs.scores;
    const { protocols, metric, of, sourceAxis, withoutDev } = params;
    const rows = selectEpochs(
      await readTable(scoresTable, files["scores.parquet"]),
      protocols,
      { metric, of, sources: params.sources ?? [String(axes[sourceAxis])], withoutDev },
    );
    await writeTable(selectedTable, output("selected.parquet"), rows);
    for (const { protocol, language, epoch, test } of rows) {
      log(`${protocol} ${language}: epoch ${epoch}, ${metric} ${test.toFixed(2)}`);
    }
  },
});
