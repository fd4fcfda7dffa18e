/**
 * Makes the stage of a floor: a tagger that counts what training sentences have, and learns nothing.
 *
 * @module
 */
import { z } from "zod";
import { defineStage, table } from "../plan/stage.ts";
import { readTable, writeTable } from "../table/parquet_tables.ts";
import { examplesTable } from "../table/schemas/examples.ts";
import { type PredictionRow, predictionsTable } from "../table/schemas/predictions.ts";

/** A sentence with its tags. */
interface TaggedSentence {
  readonly tokens: readonly string[];
  readonly tags: readonly string[];
}

/** A kind of floor. */
export interface Floor {
  readonly kind: string;
  readonly about: string;
  /** What it takes from the training corpora, for people. */
  readonly takes: string;
  /** The name of the model in tables. */
  readonly model: string;
  /** Counts, and gives the function that tags the words of a sentence. */
  count(sentences: readonly TaggedSentence[]): (tokens: readonly string[]) => readonly string[];
}

/** The stage. Nothing is learnt, so there is no seed. */
export function floorStage({ kind, about, takes, model, count }: Floor) {
  return defineStage({
    kind,
    about,
    params: z.strictObject({}),
    inputs: {
      train: {
        about: `tokenized corpora whose ${takes}`,
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
      const tagsOf = count(
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
          const predicted = tagsOf(units);
          return units.map((text, unit): PredictionRow => ({
            model,
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
}
