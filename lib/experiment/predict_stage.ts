/**
 * Makes the stage that runs a trained model on tokenized corpora.
 *
 * @module
 */
import { z } from "zod";
import { readExampleFormat } from "../models/example_format.ts";
import type { Model } from "../models/model.ts";
import { defineStage, table } from "../plan/stage.ts";
import { decodings } from "../predict/decode.ts";
import { predictionRows } from "../predict/prediction_rows.ts";
import { Predictor } from "../predict/predictor.ts";
import { queryParquet, readTable, writeTable } from "../table/parquet_tables.ts";
import { examplesTable } from "../table/schemas/examples.ts";
import { type PredictionRow, predictionsTable } from "../table/schemas/predictions.ts";
import type { PublishedConfig } from "../models/encoder/published_config.ts";
import { readJson } from "../weights/published_files.ts";
import { checkModelReads, type ModelRoom } from "../weights/model_reads.ts";
import { readSafetensors } from "../weights/safetensors_file.ts";

const params = z.strictObject({
  decoding: z.enum(decodings).default("wellFormed").describe(
    "wellFormed: the likeliest well-formed sequence of span tags; argmax: each word on its own",
  ),
});

/** A kind of model that can be run. */
export interface PredictingModel<C> {
  readonly kind: string;
  readonly about: string;
  readonly model: Model<C>;
  /** The shape that a trained model's config.json says. */
  configOf(published: PublishedConfig): C;
  /** What it has room for; an encoder's config.json says it. */
  room?(config: C): ModelRoom;
}

/** The stage. */
export function predictStage<C>({ kind, about, model, configOf, room }: PredictingModel<C>) {
  return defineStage({
    kind,
    about,
    params,
    inputs: {
      model: {
        about: "a trained model",
        takes: "one",
        files: ["model.safetensors", "config.json", "eval_model.onnx"],
      },
      examples: {
        about: "tokenized corpora whose test splits are read",
        takes: "many",
        files: ["test.parquet", "encoding.json"],
      },
    },
    outputs: { "predictions.parquet": table(predictionsTable) },
    numeric: true,
    async run({ params, inputs, output, resources, device, progress, log }) {
      const [{ instance, files }] = inputs.model;
      const published = await readJson(files["config.json"]) as PublishedConfig;
      const corpora = await Promise.all(
        inputs.examples.map(async (input) => ({
          format: await readExampleFormat(
            input.files["encoding.json"],
            input.digests?.["encoding.json"],
          ),
          name: input.instance,
          path: input.files["test.parquet"],
          ...await sizesOf(input.files["test.parquet"]),
        })),
      );
      for (const { format, name, longest } of corpora) {
        checkModelReads(
          { name: instance, published },
          { name, format, longest },
          room?.(configOf(published)),
        );
      }
      await using held = new AsyncDisposableStack();
      const predictor = await Predictor.create(
        model,
        configOf(published),
        await Deno.readFile(files["eval_model.onnx"]),
        await readSafetensors(files["model.safetensors"]),
        { threads: resources.cores, provider: device },
      );
      held.defer(() => predictor.release());
      const total = corpora.reduce((sum, { sentences }) => sum + sentences, 0);
      const predictions: PredictionRow[] = [];
      let before = 0;
      for (const { format, path, name } of corpora) {
        const rows = await readTable(examplesTable, path);
        const answers = await predictor.answer(rows, {
          onBatch: (done) => progress({ done: before + done, total, unit: "sentences" }),
        });
        for (
          const row of predictionRows(rows, answers, {
            model: model.name,
            format,
            decoding: params.decoding,
          })
        ) predictions.push(row);
        before += rows.length;
        log(`${rows.length} sentences of ${name}`);
      }
      await writeTable(predictionsTable, output("predictions.parquet"), predictions);
    },
  });
}

/** How many sentences a split has, and the pieces of the longest. */
async function sizesOf(path: string): Promise<{ sentences: number; longest: number }> {
  const [{ sentences, longest }] = await queryParquet(
    path,
    'SELECT count(*) AS sentences, coalesce(max(len("inputIds")), 0) AS longest FROM input',
  );
  return { sentences: Number(sentences), longest: Number(longest) };
}
