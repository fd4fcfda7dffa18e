/**
 * Makes the stage that trains a model on tokenized corpora.
 *
 * @module
 */
import type { z } from "zod";
import type { Json } from "../core/canonical_json.ts";
import { type Problem, UserError } from "../core/errors.ts";
import { deviceOf } from "../engine/device.ts";
import { precisionProblem } from "../engine/precision_of_device.ts";
import type { ExampleFormat } from "../models/example_format.ts";
import type { Model } from "../models/model.ts";
import { defineStage, file, type InputInstance, type Reading, table } from "../plan/stage.ts";
import { writeTable } from "../table/parquet_tables.ts";
import { historyTable } from "../table/schemas/history.ts";
import { byPlace } from "../table/schemas/examples.ts";
import { watchedTable } from "../table/schemas/predictions.ts";
import { publishedTokenizer } from "../tokenizers/published_tokenizer.ts";
import type { FloatTensor } from "../onnx/dtype.ts";
import type { Predictor } from "../predict/predictor.ts";
import type { StepRecord } from "../train/step_record.ts";
import { train } from "../train/trainer.ts";
import { writeSafetensors } from "../weights/safetensors.ts";
import { examplesOf, formatOf, variantsOf } from "./examples.ts";
import { keepEpoch, writeEpochs } from "./kept_epochs.ts";
import { modelFiles } from "./model_files.ts";
import { evaluateEvery, type TrainParams } from "./train_params.ts";
import { watch, writeWatched } from "./watching.ts";

/** A model that is about to be trained. */
export interface PreparedModel<C> {
  readonly config: C;
  /** What its config.json will say. */
  readonly published: Readonly<Record<string, unknown>>;
  readonly start: {
    readonly identity: Json;
    readonly initial: ReadonlyMap<string, Float32Array>;
    /** For people. */
    readonly line?: string;
  };
}

/** A kind of model that can be trained. */
export interface TrainableModel<C, P extends TrainParams> {
  readonly kind: string;
  readonly about: string;
  readonly model: Model<C>;
  readonly params: z.ZodType<P>;
  /** See {@linkcode StageKind.refusesBeside}. */
  refusesBeside(params: P, named: ReadonlySet<string>): readonly Problem[];
  /** Reads what its params name beside the inputs, before anything runs. */
  reads(params: P): Promise<Reading>;
  /**
   * Settles shape and first weights.
   *
   * @param start the model of another training, or a published encoder
   * @throws {UserError} when examples and start do not fit
   */
  prepare(
    params: P,
    format: ExampleFormat,
    start: InputInstance | undefined,
  ): Promise<PreparedModel<C>>;
}

/** The stage. */
export function trainStage<C, P extends TrainParams>(given: TrainableModel<C, P>) {
  return defineStage<P, "examples" | "watch" | "start", string>({
    kind: given.kind,
    about: given.about,
    params: given.params,
    inputs: {
      examples: {
        about: "tokenized corpora; several are trained on together",
        takes: "many",
        files: ["train.parquet", "validation.parquet", "encoding.json"],
      },
      watch: {
        about:
          "tokenized corpora of any languages, never trained on: the model's answers on their " +
          "validation and test splits are kept at every evaluation",
        takes: "many",
        files: ["validation.parquet", "test.parquet", "encoding.json"],
        optional: true,
      },
      start: {
        about:
          "a published encoder, or another train stage's model, to start from; the latter's head " +
          "too, where the labels are equal",
        takes: "one",
        files: ["model.safetensors", "config.json", "tokenizer.json"],
        optional: true,
      },
    },
    outputs: {
      ...modelFiles,
      "training_model.onnx": file("loss and gradients"),
      "epochs.safetensors": file("the weights of every evaluation, with keepEpochs"),
      "history.parquet": table(historyTable),
      "watched.parquet": table(watchedTable),
    },
    numeric: true,
    operational: ["checkpointMinutes"] as (keyof P & string)[],
    needs: ({ select }) => select === "targetDev" ? ["watch"] : [],
    refusesBeside: (params, named) => given.refusesBeside(params, named),
    refuses: ({ precision }, device) => precisionProblem(device, precision),
    reads: (params) => given.reads(params),
    async run({ params, inputs, output, resumeFolder, resources, log, progress, ...context }) {
      const { model } = given;
      const format = await formatOf([...inputs.examples, ...inputs.watch]);
      const corpora = await Promise.all(
        inputs.examples.map((input) => examplesOf("train", [input])),
      );
      const variants = variantsOf(corpora);
      log(`${variants[0].length} sentences from ${countOf(inputs.examples)}`);
      checkLabels(variants[0], format, log);
      const isTarget = params.select === "targetDev";
      const validation = await examplesOf("validation", isTarget ? inputs.watch : inputs.examples);
      if (isTarget) validation.sort(byPlace);
      log(
        `${validation.length} validation sentences from ${
          countOf(isTarget ? inputs.watch : inputs.examples)
        }`,
      );
      const watched = inputs.watch.length === 0 ? [] : [
        ...await examplesOf("validation", inputs.watch),
        ...await examplesOf("test", inputs.watch),
      ];
      const { config, published, start } = await given.prepare(params, format, inputs.start[0]);
      if (start.line) log(start.line);
      const onEvaluation = async (
        record: StepRecord,
        predictor: Predictor<C>,
        weights: ReadonlyMap<string, FloatTensor>,
      ) => {
        if (params.keepEpochs) await keepEpoch(resumeFolder, record, weights);
        if (watched.length === 0) return;
        const watching = { model: model.name, format, examples: watched, folder: resumeFolder };
        await watch(watching, record, predictor);
      };
      let pieces = 0;
      const startedMs = performance.now();
      const result = await train(
        {
          model,
          config,
          start,
          variants,
          validation,
          options: {
            ...params,
            evaluateEvery: evaluateEvery(params, watched.length > 0),
            threads: resources.cores,
          },
        },
        { name: context.device, device: deviceOf(context.deviceModule) },
        {
          log,
          checkpoints: { folder: resumeFolder, everyMinutes: params.checkpointMinutes },
          ...watched.length === 0 && !params.keepEpochs ? {} : { onEvaluation },
          onStep(record, steps) {
            pieces += record.pieces;
            const rate = pieces / (performance.now() - startedMs) * 1000;
            progress({
              done: record.step,
              total: steps,
              unit: "steps",
              detail: `loss ${record.loss.toFixed(3)}, ${Math.round(rate)} tokens/s`,
            });
            if (!record.dev) return;
            const { loss, accuracy } = record.dev;
            log(
              `step ${record.step}, epoch ${record.epoch}: loss ${record.loss.toFixed(3)}, ` +
                `dev loss ${loss.toFixed(3)}, dev accuracy ${(100 * accuracy).toFixed(1)} %`,
            );
          },
        },
      );
      const { history } = result;
      log(`keeps the weights of step ${result.selectedStep} of ${history.length}`);
      const looked = history.filter(({ isEvaluated }) => isEvaluated);
      writeSafetensors(output("model.safetensors"), result.weights);
      await writeJson(output("config.json"), published);
      const tokenizer = publishedTokenizer(
        format.tokenizer,
        format.maxTokens,
        format.tokenTypes,
      );
      await Deno.writeTextFile(output("tokenizer.json"), tokenizer.tokenizerJson);
      await Deno.writeTextFile(output("tokenizer_config.json"), tokenizer.tokenizerConfig);
      await Deno.writeFile(output("training_model.onnx"), result.trainingModel);
      await Deno.writeFile(output("eval_model.onnx"), result.evaluationModel);
      await writeTable(
        historyTable,
        output("history.parquet"),
        history.map(({ pieces: _, isEvaluated: __, dev, ...record }) => ({
          ...record,
          devSplit: dev && (isTarget ? "target" : "source"),
          devLoss: dev && dev.loss,
          devAccuracy: dev && 100 * dev.accuracy,
          isSelected: record.step === result.selectedStep,
        })),
      );
      await writeWatched(
        output("watched.parquet"),
        resumeFolder,
        watched.length > 0 ? looked.map(({ step }) => step) : [],
      );
      await writeEpochs(
        output("epochs.safetensors"),
        resumeFolder,
        params.keepEpochs ? looked : [],
      );
    },
  });
}

function countOf({ length }: readonly unknown[]): string {
  return length === 1 ? "1 corpus" : `${length} corpora`;
}

async function writeJson(path: string, json: unknown): Promise<void> {
  await Deno.writeTextFile(path, JSON.stringify(json, null, 2) + "\n");
}

/**
 * Tells the labels that no training sentence has: they cannot be learnt.
 *
 * @throws {UserError} where they are classes of texts
 */
function checkLabels(
  examples: readonly { readonly gold: readonly number[] }[],
  { asks, labels }: ExampleFormat,
  log: (line: string) => void,
): void {
  const seen = new Set(examples.flatMap(({ gold }) => gold));
  const unseen = labels.filter((_, i) => !seen.has(i));
  if (unseen.length === 0) return;
  const what = `no training sentence has the label ${unseen.join(", ")}`;
  if (asks !== "sentences") return log(what);
  throw new UserError({
    message: `Cannot train a classifier of [${labels.join(", ")}]: ${what}`,
    hint: "leave the label out where the texts are tokenized, or train on texts that have it",
  });
}
