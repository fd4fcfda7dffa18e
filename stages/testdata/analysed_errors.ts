/**
 * Runs the stage `errors` on invented predictions.
 *
 * @module
 */
import { join } from "node:path";
import { type Sentence } from "../../lib/analysis/testdata/predicted.ts";
import type { InputInstance } from "../../lib/plan/stage.ts";
import { runStage } from "../../lib/plan/testdata/run_stage.ts";
import { readTable, writeTable } from "../../lib/table/parquet_tables.ts";
import {
  bucketsTable,
  confusionTable,
  lossesTable,
  suspectsTable,
  worstTable,
} from "../../lib/table/schemas/errors.ts";
import { type ExampleRow, examplesTable } from "../../lib/table/schemas/examples.ts";
import { type PredictionRow, predictionsTable } from "../../lib/table/schemas/predictions.ts";
import { errors } from "../errors.ts";

export async function predictionsFile(folder: string, rows: readonly PredictionRow[]) {
  const path = join(folder, `${crypto.randomUUID()}.parquet`);
  await writeTable(predictionsTable, path, rows);
  return { instance: "predict", axes: {}, files: { "predictions.parquet": path } };
}

export async function trainFile(
  folder: string,
  sentences: readonly (readonly [words: string, tags: string])[],
  whose: Partial<ExampleRow> = {},
): Promise<InputInstance> {
  const path = join(folder, `${crypto.randomUUID()}.parquet`);
  const rows = sentences.map(([words, tags], sentence): ExampleRow => ({
    corpus: "c",
    language: "eng",
    split: "train",
    sentence,
    variant: 0,
    units: words.split(" "),
    answers: tags.split(" "),
    inputIds: [],
    typeIds: [],
    wordIds: [],
    asked: [],
    gold: [],
    lostWords: 0,
    ...whose,
  }));
  await writeTable(examplesTable, path, rows);
  return { instance: "tokens", axes: {}, files: { "train.parquet": path } };
}

export async function analysed(
  folder: string,
  rows: readonly PredictionRow[],
  params: Record<string, unknown> = {},
  train: readonly InputInstance[] = [],
) {
  const { lines } = await runStage(errors, folder, { resamples: 100, ...params }, {
    predictions: [await predictionsFile(folder, rows)],
    train,
  });
  return {
    lines,
    losses: await readTable(lossesTable, `${folder}/losses.parquet`),
    confusion: await readTable(confusionTable, `${folder}/confusion.parquet`),
    worst: await readTable(worstTable, `${folder}/worst.parquet`),
    suspects: await readTable(suspectsTable, `${folder}/suspects.parquet`),
    buckets: await readTable(bucketsTable, `${folder}/buckets.parquet`),
  };
}

export async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Two sentences with what is right and wrong in them. */
export const sentences: Sentence[] = [
  ["Amina saw Mombasa", "B-PER O B-LOC", "B-PER O B-ORG", "0.5 0 2"],
  ["she saw Amina Ali", "O O B-PER I-PER", "O O B-PER O", "0 0.25 0.5 3"],
  ["Mombasa won", "B-ORG O", "O O", "4 -"],
];
