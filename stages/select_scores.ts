/**
 * Scores epoch by epoch, and a choice among them → the scores of the chosen epochs, as of a model
 * that was trained so long.
 *
 * @module
 */
import { z } from "zod";
import {
  checkOnce,
  choiceOf,
  rowsOfChoice,
  type Target,
} from "../lib/analysis/scores_of_choice.ts";
import { protocols } from "../lib/analysis/select_epochs.ts";
import { UserError } from "../lib/core/errors.ts";
import { defineStage, type InputInstance, table } from "../lib/plan/stage.ts";
import { readTable, writeTable } from "../lib/table/parquet_tables.ts";
import { examplesTable } from "../lib/table/schemas/examples.ts";
import { countsTable, scoresTable } from "../lib/table/schemas/scores.ts";
import { selectedTable } from "../lib/table/schemas/selected.ts";

const params = z.strictObject({
  protocol: z.enum(protocols).describe("whose choice counts: a protocol of the table selected"),
});

/** One training serves every protocol: what follows reads this as any evaluation. */
export const selectScores = defineStage({
  kind: "select.scores",
  about: "takes the scores of the epochs that a protocol chose, and what they are made of",
  params,
  inputs: {
    scores: {
      about: "an evaluation of what was watched",
      takes: "one",
      files: ["scores.parquet", "counts.parquet"],
    },
    selected: { about: "what was chosen for it", takes: "one", files: ["selected.parquet"] },
    targets: {
      about: "tokenized corpora whose test splits are taken; all that were watched if left out",
      takes: "many",
      files: ["test.parquet"],
      optional: true,
    },
  },
  outputs: { "scores.parquet": table(scoresTable), "counts.parquet": table(countsTable) },
  async run({ params: { protocol }, inputs, output, log }) {
    const [{ files }] = inputs.scores;
    const choice = choiceOf(
      await readTable(selectedTable, inputs.selected[0].files["selected.parquet"]),
      protocol,
      inputs.targets.length > 0 ? await targetsOf(inputs.targets) : undefined,
    );
    const scores = rowsOfChoice(await readTable(scoresTable, files["scores.parquet"]), choice);
    const counts = rowsOfChoice(await readTable(countsTable, files["counts.parquet"]), choice);
    checkOnce(scores, counts);
    await writeTable(scoresTable, output("scores.parquet"), scores);
    await writeTable(countsTable, output("counts.parquet"), counts);
    log(`${choice.size} test splits at the epochs that ${protocol} chose`);
  },
});

/** Whose test splits some tokenized corpora have. */
async function targetsOf(inputs: readonly InputInstance[]): Promise<Target[]> {
  const found: Target[] = [];
  for (const { instance, files } of inputs) {
    const [first] = await readTable(examplesTable, files["test.parquet"]);
    if (first) found.push(first);
    else {
      throw new UserError({
        message: `Cannot take the scores on ${instance}: its test split is empty`,
        hint: "leave it out of input targets, with where",
      });
    }
  }
  return found;
}
