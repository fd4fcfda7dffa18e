/**
 * Keeps what a model says while it is trained. Each evaluation has a Parquet file, which a later
 * attempt finds again; in the end one table holds them all.
 *
 * @module
 */
import { publishFile } from "../core/durable_files.ts";
import type { ExampleFormat } from "../models/example_format.ts";
import { predictionRows } from "../predict/prediction_rows.ts";
import type { Predictor } from "../predict/predictor.ts";
import { concatenateTables, writeTable } from "../table/parquet_tables.ts";
import type { ExampleRow } from "../table/schemas/examples.ts";
import { watchedTable } from "../table/schemas/predictions.ts";
import type { StepRecord } from "../train/step_record.ts";

/** What is watched, and where. */
export interface Watching {
  readonly model: string;
  readonly format: ExampleFormat;
  readonly examples: readonly ExampleRow[];
  /** Survives attempts of the same training. */
  readonly folder: string;
}

function fileOf(folder: string, step: number): string {
  return `${folder}/watched-${step}.parquet`;
}

/** Keeps a model's answers to all that is watched. */
export async function watch<C>(
  { model, format, examples, folder }: Watching,
  { step, epoch }: Pick<StepRecord, "step" | "epoch">,
  predictor: Predictor<C>,
): Promise<void> {
  const answers = await predictor.answer(examples);
  const rows = predictionRows(examples, answers, { model, format, decoding: "wellFormed" });
  await Deno.mkdir(folder, { recursive: true });
  const scratch = `${folder}/${crypto.randomUUID()}.tmp`;
  await writeTable(watchedTable, scratch, rows.map((row) => ({ epoch, step, ...row })));
  publishFile(scratch, fileOf(folder, step));
}

/**
 * Writes the table of all evaluations.
 *
 * @param steps after which there was one
 */
export async function writeWatched(
  output: string,
  folder: string,
  steps: readonly number[],
): Promise<void> {
  await concatenateTables(watchedTable, output, steps.map((step) => fileOf(folder, step)));
}
