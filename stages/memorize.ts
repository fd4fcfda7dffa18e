/**
 * The honest floor: training entities known by heart, tried on a test split.
 *
 * @module
 */
import { z } from "zod";
import { Memorizer } from "../lib/analysis/memorizer.ts";
import { type JudgedSentence, writeTrial } from "../lib/analysis/word_scores.ts";
import { defineStage, table } from "../lib/plan/stage.ts";
import { readTable } from "../lib/table/duckdb.ts";
import { encodedTable } from "../lib/table/schemas/encoded.ts";
import { predictionsTable } from "../lib/table/schemas/predictions.ts";
import { scoresTable } from "../lib/table/schemas/scores.ts";

const params = z.strictObject({
  source: z.string().describe("name of the training data in the tables"),
  target: z.string().describe("language of the test split"),
});

/** Longest match of training entities; no learning, no seed. */
export const memorize = defineStage({
  kind: "memorize",
  about: "tags the test split of a language by longest match of training entities, and scores it",
  params,
  inputs: {
    train: {
      about: "tokenized corpora whose entities are memorised",
      takes: "many",
      files: ["train.parquet"],
    },
    test: { about: "the tokenized target corpus", takes: "one", files: ["test.parquet"] },
  },
  outputs: {
    "predictions.parquet": table(predictionsTable),
    "scores.parquet": table(scoresTable),
  },
  async run({ params, inputs, output, log }) {
    const train = await readTable(
      encodedTable,
      inputs.train.map(({ files }) => files["train.parquet"]),
    );
    const memorizer = new Memorizer(train);
    const rows = await readTable(encodedTable, inputs.test[0].files["test.parquet"]);
    const judged: JudgedSentence[] = rows.map((row) => ({
      sentence: row.sentence,
      tokens: row.tokens,
      gold: row.tags,
      predicted: memorizer.tag(row.tokens),
      loss: [],
      lostWords: 0,
    }));
    const trial = { model: "memorizer", ...params, seed: null };
    log(await writeTrial(trial, judged, output));
  },
});
