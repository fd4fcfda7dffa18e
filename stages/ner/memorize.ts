/**
 * The floor of named entities: the training entities, known by heart.
 *
 * @module
 */
import { z } from "zod";
import { Memorizer } from "../../lib/analysis/memorizer.ts";
import { defineStage, table } from "../../lib/plan/stage.ts";
import { readTable, writeTable } from "../../lib/table/parquet_tables.ts";
import { examplesTable } from "../../lib/table/schemas/examples.ts";
import { type PredictionRow, predictionsTable } from "../../lib/table/schemas/predictions.ts";

/** Tags the longest match of a training entity. Nothing is learnt, so there is no seed. */
export const memorize = defineStage({
  kind: "ner.memorize",
  about: "tags test splits by longest match of training entities",
  params: z.strictObject({}),
  inputs: {
    train: {
      about: "tokenized corpora whose entities are memorised",
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
    const memorizer = new Memorizer(
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
      rows.flatMap(({ corpus, language, split, sentence, units, answers }) => {
        const predicted = memorizer.tag(units);
        return units.map((text, unit): PredictionRow => ({
          model: "memorizer",
          corpus,
          language,
          split,
          sentence,
          unit,
          text,
          gold: answers[unit],
          predicted: predicted[unit],
          loss: null,
          lost: false,
        }));
      }),
    );
    log(`${rows.length} sentences`);
  },
});
