/**
 * Trained models → what each training trained: weights, how many of them learnt, steps.
 *
 * @module
 */
import { z } from "zod";
import { canonicalJson } from "../lib/core/canonical_json.ts";
import { defineStage, type InputInstance, table } from "../lib/plan/stage.ts";
import { readTable, writeTable } from "../lib/table/parquet_tables.ts";
import { historyTable } from "../lib/table/schemas/history.ts";
import { type TrainingRow, trainingsTable } from "../lib/table/schemas/trainings.ts";
import { countWeights } from "../lib/weights/learnt_weights.ts";

/** How long a training took is in no table of results, as it differs from run to run: see `runs`. */
export const trainings = defineStage({
  kind: "trainings",
  about: "counts the weights of trained models, and how many of them learnt",
  params: z.strictObject({}),
  inputs: {
    models: {
      about: "models of any train stages",
      takes: "many",
      files: ["training_model.onnx", "model.safetensors", "history.parquet"],
      named: true,
    },
  },
  outputs: { "trainings.parquet": table(trainingsTable) },
  async run({ inputs, output, log }) {
    const rows: TrainingRow[] = [];
    for (const model of inputs.models) rows.push(await rowOf(model));
    await writeTable(trainingsTable, output("trainings.parquet"), rows);
    log(`${rows.length} trainings`);
  },
});

async function rowOf({ instance, axes, files }: InputInstance): Promise<TrainingRow> {
  const { weights, learnt } = await countWeights(
    files["training_model.onnx"],
    files["model.safetensors"],
  );
  const history = await readTable(historyTable, files["history.parquet"]);
  const last = history[history.length - 1];
  return {
    instance,
    axes: canonicalJson(axes),
    weights,
    learnt,
    share: 100 * learnt / weights,
    steps: last.step,
    epochs: last.epoch,
    asked: history.reduce((sum, { asked }) => sum + asked, 0),
    loss: last.loss,
  };
}
