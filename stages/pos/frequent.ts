/**
 * The floor of parts of speech: every word gets the tag that it has most often in training.
 *
 * @module
 */
import { z } from "zod";
import { FrequentTags } from "../../lib/analysis/frequent_tags.ts";
import { defineStage, table } from "../../lib/plan/stage.ts";
import { readTable, writeTable } from "../../lib/table/parquet_tables.ts";
import { examplesTable } from "../../lib/table/schemas/examples.ts";
import { type PredictionRow, predictionsTable } from "../../lib/table/schemas/predictions.ts";

/** An unknown word gets the most frequent tag of all. */
export const frequent = defineStage({
  kind: "pos.frequent",
  about: "tags the words of test splits by their most frequent tag in training",
  params: z.strictObject({}),
  inputs: {
    train: {
      about: "tokenized corpora whose tags are counted",
      takes: "many",
      files: ["train.parquet"],
    },
    examples: {
      about: "tokenized corpora whose test splits are tagged",
      takes: "many",
      files: ["test.parquet"],
    },
  },
  outputs: { "predictions.parquet": table(predictionsTable) },
  async run({ inputs, output, log }) {
    const train = await readTable(
      examplesTable,
      inputs.train.map(({ files }) => files["train.parquet"]),
    );
    const tagger = new FrequentTags(
      train.filter(({ variant }) => variant === 0)
        .map(({ units, answers }) => ({ tokens: units, tags: answers })),
    );
    const rows = await readTable(
      examplesTable,
      inputs.examples.map(({ files }) => files["test.parquet"]),
    );
    await writeTable(
      predictionsTable,
      output("predictions.parquet"),
      rows.flatMap(({ corpus, language, split, sentence, units, answers }) =>
        units.map((text, unit): PredictionRow => ({
          model: "frequent",
          corpus,
          language,
          split,
          sentence,
          unit,
          text,
          gold: answers[unit],
          predicted: tagger.tag(text),
          loss: null,
          lost: false,
        }))
      ),
    );
    log(`${rows.length} sentences`);
  },
});
