/**
 * Makes the stage that prunes a trained model step by step, and scores it on tokenized corpora.
 *
 * @module
 */
import { z } from "zod";
import { UserError } from "../core/errors.ts";
import { formatOf } from "../experiment/examples.ts";
import type { PredictingModel } from "../experiment/predict_stage.ts";
import { scoreSpans } from "../metrics/spans.ts";
import type { PublishedConfig } from "../models/encoder/published_config.ts";
import type { ExampleFormat } from "../models/example_format.ts";
import { defineStage, table } from "../plan/stage.ts";
import { predictionRows } from "../predict/prediction_rows.ts";
import { Predictor } from "../predict/predictor.ts";
import { readTable, writeTable } from "../table/parquet_tables.ts";
import { type ExampleRow, examplesTable } from "../table/schemas/examples.ts";
import { type PruningRow, pruningTable } from "../table/schemas/pruning.ts";
import { readJson } from "../weights/published_files.ts";
import { checkModelReads } from "../weights/model_reads.ts";
import { readSafetensors } from "../weights/safetensors_file.ts";
import { Pruner, pruningThreshold } from "./pruning.ts";

const params = z.strictObject({
  split: z.enum(["validation", "test"]).default("test").describe("the split that is scored"),
  stepPercent: z.int().min(1).max(100).default(10).describe("of all weights, pruned at each step"),
  tolerance: z.number().nonnegative().default(1).describe(
    "how much F1 may fall, in points, before a model is over-pruned",
  ),
});

/** Sentences of one language. */
interface Corpus {
  readonly name: string;
  readonly rows: readonly ExampleRow[];
}

/** The stage. */
export function pruningStage<C>(
  { kind, about, model, configOf, room }: PredictingModel<C>,
) {
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
        about: "tokenized corpora of entities, on which it is scored",
        takes: "many",
        files: ["validation.parquet", "test.parquet", "encoding.json"],
      },
    },
    outputs: { "pruning.parquet": table(pruningTable) },
    numeric: true,
    async run({ params, inputs, output, resources, device, progress, log }) {
      const { split, stepPercent, tolerance } = params;
      const [{ instance, files }] = inputs.model;
      const published = await readJson(files["config.json"]) as PublishedConfig;
      const format = await formatOf(inputs.examples);
      checkEntities(format);
      const corpora = (await Promise.all(inputs.examples.map(async (input): Promise<Corpus> => ({
        name: input.instance,
        rows: await readTable(examplesTable, input.files[`${split}.parquet`]),
      })))).filter(({ name, rows }) => {
        if (rows.length === 0) log(`${name} has no ${split} sentences, and no rows`);
        return rows.length > 0;
      });
      const config = configOf(published);
      for (const { name, rows } of corpora) {
        const longest = rows.reduce((most, { inputIds }) => Math.max(most, inputIds.length), 0);
        checkModelReads(
          { name: instance, published },
          { name, format, longest },
          room?.(config),
        );
      }
      const weights = await readSafetensors(files["model.safetensors"]);
      const pruner = new Pruner(weights);
      await using held = new AsyncDisposableStack();
      const predictor = await Predictor.create(
        model,
        config,
        await Deno.readFile(files["eval_model.onnx"]),
        weights,
        { threads: resources.cores, provider: device },
      );
      held.defer(() => predictor.release());
      const shares = sharesOf(stepPercent);
      const scores = corpora.map((): { pruned: number; f1: number }[] => []);
      for (const [step, pruned] of shares.entries()) {
        pruner.prune(pruned);
        for (const [i, { rows }] of corpora.entries()) {
          const f1 = await entityF1(predictor, rows, { model: model.name, format });
          scores[i].push({ pruned, f1 });
        }
        progress({ done: step + 1, total: shares.length, unit: "steps" });
      }
      const found = corpora.flatMap(({ rows: [{ corpus, language }] }, i) => {
        const threshold = pruningThreshold(scores[i], tolerance);
        const whole = `${corpus} ${language}: F1 ${scores[i][0].f1.toFixed(2)}`;
        log(
          threshold === null
            ? `${whole}, too little to lose any`
            : `${whole}; more than ${tolerance} is lost where more than ${threshold} % of ` +
              `${pruner.size} weights are pruned`,
        );
        return scores[i].map(({ pruned, f1 }): PruningRow => ({
          ...{ model: model.name, corpus, language, split },
          ...{ pruned, weights: pruner.size, f1, threshold },
        }));
      });
      await writeTable(pruningTable, output("pruning.parquet"), found);
    },
  });
}

/** From the whole model to one without weights, %. */
function sharesOf(stepPercent: number): number[] {
  const shares = [];
  for (let share = 0; share < 100; share += stepPercent) shares.push(share);
  return [...shares, 100];
}

/** @throws {UserError} where answers are no tags of entities */
function checkEntities({ scheme }: ExampleFormat): void {
  if (scheme === "iob2") return;
  throw new UserError({
    message: "Cannot prune by the F1 of entities on examples that do not ask for entities",
    hint: "take the examples of ner.tokenize",
  });
}

/** Micro F1, %, as `ner.evaluate` scores it. */
async function entityF1<C>(
  predictor: Predictor<C>,
  rows: readonly ExampleRow[],
  { model, format }: { readonly model: string; readonly format: ExampleFormat },
): Promise<number> {
  const answered = predictionRows(rows, await predictor.answer(rows), {
    model,
    format,
    decoding: "wellFormed",
  });
  const sentences = [...Map.groupBy(answered, ({ sentence }) => sentence).values()];
  return 100 * scoreSpans(
    sentences.map((words) => words.map(({ gold }) => gold)),
    sentences.map((words) => words.map(({ predicted }) => predicted)),
  ).micro.f1;
}
