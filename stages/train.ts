/**
 * Sentences of one or several languages → a token classifier, trained inside ONNX Runtime.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { UserError } from "../lib/core/errors.ts";
import { checkLength } from "../lib/nn/families.ts";
import type { EncoderConfig } from "../lib/nn/config.ts";
import { headName, type TokenHead } from "../lib/nn/head_choice.ts";
import { publishedConfig } from "../lib/nn/published_config.ts";
import { tokenClassifierParameters } from "../lib/nn/token_classifier.ts";
import { aboutParam, defineStage, file, type InputInstance, table } from "../lib/plan/stage.ts";
import { readTable, writeTable } from "../lib/table/duckdb.ts";
import { encodedTable } from "../lib/table/schemas/encoded.ts";
import { historyTable } from "../lib/table/schemas/history.ts";
import { packSentences } from "../lib/text/batching.ts";
import { readEncoding, sharedEncoding } from "../lib/text/encoding.ts";
import { tokenizerName } from "../lib/text/tokenizer_source.ts";
import { readHubFolder } from "../lib/train/hub_folder.ts";
import { trainInWorker } from "../lib/train/in_worker.ts";
import { withRates } from "../lib/train/parameter_rates.ts";
import { precisionProblem } from "../lib/train/precision_of_device.ts";
import { encodeSafetensors } from "../lib/train/safetensors.ts";
import { selections } from "../lib/train/selection.ts";
import {
  defaultHeads,
  defaultWidth,
  newConfig,
  startingModel,
} from "../lib/train/starting_model.ts";

const project = fileURLToPath(new URL("..", import.meta.url));

const fields = z.strictObject({
  source: z.string().describe("name of the training data in the tables"),
  seed: z.int().nonnegative(),
  checkpoint: z.string().optional().describe(
    "a folder in the project, or an absolute one, with config.json and model.safetensors as on " +
      "the hub: the encoder starts from it, the head at random; else all of a new XLM-R does",
  ),
  layers: z.int().positive().optional().describe("2; a checkpoint has its own"),
  width: z.int().positive().optional().describe("128; a checkpoint has its own"),
  heads: z.int().positive().optional().describe("8; a checkpoint has its own"),
  inner: z.int().positive().optional().describe(
    "width of the feed-forward part; 4 × width; a checkpoint has its own",
  ),
  initialisation: z.enum(["normal", "offsetHeads"]).optional().describe(
    "normal: as the published models; offsetHeads, the default: lib/nn/offset_heads.ts",
  ),
  dropout: z.number().min(0).lt(1).optional().describe("0.1, or the checkpoint's"),
  attentionDropout: z.number().min(0).lt(1).optional().describe("0, or the checkpoint's"),
  head: z.enum(["token", "sliced"]).default("token").describe(
    "sliced: trained slice by slice (Schmidt et al. 2022), evaluated whole",
  ),
  sliceWidth: z.int().nonnegative().default(0).describe(
    "width of a slice, which cuts the encoder's evenly; 0 for head: token",
  ),
  trainClassifier: z.boolean().default(true).describe(
    "head: sliced: true, as the paper says; false, as its released code does: only the bias",
  ),
  epochs: z.int().positive(),
  maxSteps: z.int().nonnegative().default(0).describe("optimizer steps at most; 0 for no limit"),
  batchSize: z.int().positive().default(16).describe("sentences"),
  accumulate: z.int().positive().default(1).describe("batches that make one optimizer step"),
  learningRate: z.number().positive(),
  schedule: z.enum(["linear", "cosine", "constant"]).default("linear").describe(
    "how the learning rate goes after the warm-up: to 0 in a line or half a cosine, or not at all",
  ),
  warmupShare: z.number().min(0).max(1).default(0.1),
  layerDecay: z.number().positive().max(1).default(1).describe(
    "rate of a layer as a share of that of the one above; the head learns at learningRate",
  ),
  frozen: z.array(z.string()).default([]).describe(
    "names of weights that stay as they start; * stands for any characters",
  ),
  weightDecay: z.number().nonnegative().default(0.05),
  beta1: z.number().min(0).lt(1).default(0.9),
  beta2: z.number().min(0).lt(1).default(0.98),
  eps: z.number().positive().default(1e-8),
  labelSmoothing: z.number().min(0).lt(1).default(0).describe(
    "share of the target probability that all labels share evenly",
  ),
  clipNorm: z.number().nonnegative().default(1).describe("0 for no clipping"),
  recombineNames: z.number().min(0).max(1).default(0).describe(
    "share of name words that take the second half of another name, anew in every epoch",
  ),
  evaluateEvery: z.int().positive().optional().describe(
    "score the validation split every this many epochs (or steps: evaluateUnit), and at the end; " +
      "every epoch where that decides (select, patience), else 1000",
  ),
  evaluateUnit: z.enum(["epochs", "steps"]).default("epochs"),
  select: z.enum(selections).default("last").describe(
    "which weights to keep: the last, or those with the least loss on the validation split of " +
      "the training languages (sourceDev) or of input dev (targetDev)",
  ),
  patience: z.int().nonnegative().default(0).describe(
    "end after this many evaluations in a row without a lower validation loss; 0 for never",
  ),
  precision: z.enum(["float32", "float16", "bfloat16"]).default("float32").describe(
    "of products, on graphics processors: weights, sums and the optimizer stay float32",
  ),
  checkpointMinutes: z.number().nonnegative().default(5).describe(
    "a killed training goes on from a checkpoint that is at most this old",
  ),
});

/** What a checkpoint decides. */
const shape = ["layers", "width", "heads", "inner", "initialisation"] as const;

const params = fields.superRefine((given, { addIssue }) => {
  const refuse = (name: keyof typeof given, message: string) =>
    addIssue({ code: "custom", path: [name], message });
  for (const name of shape) {
    if (given.checkpoint === undefined || given[name] === undefined) continue;
    refuse(name, `expected nothing, as the checkpoint has its own: leave ${name} out`);
  }
  const { head, sliceWidth, width = defaultWidth, heads = defaultHeads, checkpoint } = given;
  if (head === "token") {
    if (sliceWidth > 0) refuse("sliceWidth", "expected 0, as head: token has no slices");
    if (!given.trainClassifier) refuse("trainClassifier", "expected true with head: token");
  } else if (sliceWidth === 0) {
    refuse("sliceWidth", "expected the width of a slice for head: sliced, such as 8");
  } else if (checkpoint === undefined && width % sliceWidth > 0) {
    refuse("sliceWidth", `expected a divisor of the encoder's width, ${width}`);
  }
  if (checkpoint === undefined && width % heads > 0) {
    refuse("width", `expected a multiple of the number of heads, ${heads}`);
  }
});

/** Trains from random weights, or from a published encoder. */
export const train = defineStage({
  kind: "train",
  about: "trains a token classifier on one or several tokenized corpora",
  params,
  inputs: {
    tokens: {
      about: "tokenized corpora; several are trained on together",
      takes: "many",
      files: ["train.parquet", "validation.parquet", "encoding.json"],
    },
    dev: {
      about: "tokenized corpora of the target languages, for select: targetDev; never trained on",
      takes: "many",
      files: ["validation.parquet", "encoding.json"],
      optional: true,
    },
  },
  outputs: {
    "model.safetensors": file("the weights, named as in transformers"),
    "config.json": file("the encoder's shape and the label names, as transformers reads them"),
    "training_model.onnx": file("loss and gradients"),
    "eval_model.onnx": file("logits"),
    "history.parquet": table(historyTable),
  },
  numeric: true,
  operational: ["checkpointMinutes"],
  needs: ({ select }) => select === "targetDev" ? ["dev"] : [],
  refuses: ({ precision }, device) => precisionProblem(device, precision),
  async reads(params) {
    const { checkpoint, head, sliceWidth } = params;
    if (checkpoint === undefined) {
      await checkFrozen(params, newConfig(params, { vocabSize: 1, padId: 0, maxTokens: 1 }));
      return { facts: null, paths: [] };
    }
    const { digest, config, folder } = await aboutParam(
      "checkpoint",
      () => readHubFolder(checkpoint, project),
    );
    if (head === "sliced" && config.hidden_size % sliceWidth > 0) {
      throw new UserError({
        message: `Cannot cut the encoder of ${checkpoint}, ${config.hidden_size} wide, into ` +
          `slices of ${sliceWidth}`,
        hint: "give a sliceWidth that divides the encoder's width",
        param: ["sliceWidth"],
      });
    }
    await checkFrozen(params, config);
    return { facts: { checkpoint: digest }, paths: [folder] };
  },
  async run({ params, inputs, output, resumeFolder, resources, device, log, progress, signal }) {
    const validated = params.select === "targetDev" ? inputs.dev : inputs.tokens;
    const encodings = await Promise.all(
      [...new Set([...inputs.tokens, ...validated])].map(async ({ instance, files }) => ({
        of: instance,
        encoding: await readEncoding(files["encoding.json"]),
      })),
    );
    const encoding = sharedEncoding(encodings);
    const maxTokens = Math.max(...encodings.map(({ encoding }) => encoding.maxTokens));
    const rowsOf = async (split: string, from: readonly InputInstance[]) =>
      await readTable(encodedTable, from.map(({ files }) => files[`${split}.parquet`]));
    const trainRows = await rowsOf("train", inputs.tokens);
    const validationRows = await rowsOf("validation", validated);
    log(`${trainRows.length} sentences from ${corpora(inputs.tokens)}`);
    log(`${validationRows.length} validation sentences from ${corpora(validated)}`);
    if (inputs.dev.length > 0 && validated !== inputs.dev) {
      log(`input dev is not read, as select is ${params.select}`);
    }
    const { start, config, original } = await startingModel(
      params,
      { ...encoding, maxTokens },
      project,
    );
    checkLength(config, maxTokens);
    const head = headOf(params, encoding.labels);
    const written = publishedConfig(config, headName(head), encoding.labels, {
      ...original,
      crosstie: { tokenizer: tokenizerName(encoding.tokenizer) },
    });
    let pieces = 0;
    const startedMs = performance.now();
    const { weights, selectedStep, history, trainingModel, evaluationModel } = await trainInWorker({
      ...head,
      config,
      start,
      tokenizer: encoding.tokenizer,
      labelledPieces: encoding.labelledPieces,
      maxTokens,
      train: trainRows.map(({ tokens, tags, language }) => ({ tokens, tags, group: language })),
      validation: packSentences(validationRows),
      options: {
        ...params,
        evaluateEvery: evaluateEvery(params),
        threads: resources.cores,
        device,
      },
    }, {
      signal,
      log,
      checkpoints: { folder: resumeFolder, everyMinutes: params.checkpointMinutes },
      onStep(record, steps) {
        pieces += record.pieces;
        const rate = pieces / (performance.now() - startedMs) * 1000;
        progress({
          done: record.step,
          total: steps,
          unit: "steps",
          detail: `loss ${record.loss.toFixed(3)}, ${Math.round(rate)} tokens/s`,
        });
        if (record.dev) {
          const { loss, accuracy } = record.dev;
          log(
            `step ${record.step}, epoch ${record.epoch}: loss ${record.loss.toFixed(3)}, ` +
              `dev loss ${loss.toFixed(3)}, dev accuracy ${(100 * accuracy).toFixed(1)} %`,
          );
        }
      },
    });
    log(`keeps the weights of step ${selectedStep} of ${history.length}`);
    await Deno.writeFile(output("model.safetensors"), encodeSafetensors(weights));
    await Deno.writeTextFile(output("config.json"), JSON.stringify(written, null, 2) + "\n");
    await Deno.writeFile(output("training_model.onnx"), trainingModel);
    await Deno.writeFile(output("eval_model.onnx"), evaluationModel);
    await writeTable(
      historyTable,
      output("history.parquet"),
      history.map(({ pieces: _, dev, ...record }) => ({
        source: params.source,
        seed: params.seed,
        ...record,
        devSplit: dev && (params.select === "targetDev" ? "target" : "source"),
        devLoss: dev && dev.loss,
        devAccuracy: dev && 100 * dev.accuracy,
      })),
    );
  },
});

type Params = z.output<typeof params>;

function corpora({ length }: readonly unknown[]): string {
  return length === 1 ? "1 corpus" : `${length} corpora`;
}

function evaluateEvery({ evaluateEvery, evaluateUnit, select, patience }: Params): number {
  const decides = select !== "last" || patience > 0;
  return evaluateEvery ?? (decides && evaluateUnit === "epochs" ? 1 : 1000);
}

/** The names of parameters depend on nothing that is learnt only when a training runs. */
async function checkFrozen(params: Params, config: EncoderConfig): Promise<void> {
  const { frozen, layerDecay } = params;
  if (frozen.length === 0) return;
  const head = headOf(params, ["O"]);
  const slicing = head.head === "sliced" ? head.slicing : undefined;
  const parameters = tokenClassifierParameters(config, head.labels.length, slicing);
  await aboutParam("frozen", () => withRates(parameters, { frozen, layerDecay }));
}

function headOf(
  { head, sliceWidth, trainClassifier }: Params,
  labels: readonly string[],
): TokenHead {
  return head === "token"
    ? { head, labels }
    : { head, labels, slicing: { width: sliceWidth, trainClassifier } };
}
