/**
 * Sentences of one or several languages → a token classifier, trained inside ONNX Runtime.
 *
 * @module
 */
import { z } from "zod";
import { parseEncoderConfig } from "../lib/nn/config.ts";
import { defineStage, file, table } from "../lib/pipeline/stage.ts";
import { readTable, writeTable } from "../lib/table/duckdb.ts";
import { encodedTable } from "../lib/table/schemas/encoded.ts";
import { historyTable } from "../lib/table/schemas/history.ts";
import { packSentences } from "../lib/text/batching.ts";
import { readEncoding, sharedEncoding, type TextEncoding } from "../lib/text/encoding.ts";
import { tokenizerName } from "../lib/text/tokenizer_source.ts";
import { trainInWorker } from "../lib/train/in_worker.ts";
import { encodeSafetensors } from "../lib/train/safetensors.ts";
import { selections } from "../lib/train/selection.ts";

const params = z.strictObject({
  source: z.string().describe("name of the training data in the tables"),
  seed: z.int().nonnegative(),
  layers: z.int().positive().default(2),
  width: z.int().positive().default(128),
  heads: z.int().positive().default(8),
  inner: z.int().positive().optional().describe("width of the feed-forward part; 4 × width"),
  initialisation: z.enum(["normal", "offsetHeads"]).default("offsetHeads").describe(
    "normal: as the published models; offsetHeads: lib/nn/offset_heads.ts",
  ),
  dropout: z.number().min(0).lt(1).default(0.1),
  attentionDropout: z.number().min(0).lt(1).default(0),
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
  clipNorm: z.number().nonnegative().default(1).describe("0 for no clipping"),
  recombineNames: z.number().min(0).max(1).default(0).describe(
    "share of name words that take the second half of another name, anew in every epoch",
  ),
  evaluateEvery: z.int().positive().default(1000).describe(
    "score the validation split every this many epochs (or steps: evaluateUnit), and at the end",
  ),
  evaluateUnit: z.enum(["epochs", "steps"]).default("epochs"),
  select: z.enum(selections).default("last").describe(
    "which weights to keep: the last, or those with the least validation loss (dev)",
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

/** Trains from random weights. */
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
  },
  outputs: {
    "model.safetensors": file("the weights, named as in XLMRobertaForTokenClassification"),
    "config.json": file("the encoder's shape and the label names, as transformers reads them"),
    "training_model.onnx": file("loss and gradients"),
    "eval_model.onnx": file("logits"),
    "history.parquet": table(historyTable),
  },
  numeric: true,
  async run({ params, inputs, output, resumeFolder, resources, device, log, progress, signal }) {
    const encoding = sharedEncoding(
      await Promise.all(inputs.tokens.map(async ({ instance, files }) => ({
        of: instance,
        encoding: await readEncoding(files["encoding.json"]),
      }))),
    );
    const rowsOf = async (split: "train" | "validation") =>
      await readTable(encodedTable, inputs.tokens.map(({ files }) => files[`${split}.parquet`]));
    const [trainRows, validationRows] = [await rowsOf("train"), await rowsOf("validation")];
    log(`${trainRows.length} sentences from ${inputs.tokens.length} corpora`);
    const config = configOf(params, encoding);
    let pieces = 0;
    const start = performance.now();
    const { weights, selectedStep, history, trainingModel, evaluationModel } = await trainInWorker({
      config: parseEncoderConfig(config),
      initialisation: params.initialisation,
      labels: encoding.labels,
      tokenizer: encoding.tokenizer,
      labelledPieces: encoding.labelledPieces,
      maxTokens: encoding.maxTokens,
      train: trainRows.map(({ tokens, tags, language }) => ({ tokens, tags, group: language })),
      validation: packSentences(validationRows),
      options: { ...params, threads: resources.cores, device },
    }, {
      signal,
      log,
      checkpoints: { folder: resumeFolder, everyMinutes: params.checkpointMinutes },
      onStep(record, steps) {
        pieces += record.pieces;
        const rate = pieces / (performance.now() - start) * 1000;
        progress({
          done: record.step,
          total: steps,
          unit: "steps",
          detail: `loss ${record.loss.toFixed(3)}, ${Math.round(rate)} tokens/s`,
        });
        if (record.dev) {
          const { loss, accuracy } = record.dev;
          log(
            `epoch ${record.epoch}: loss ${record.loss.toFixed(3)}, ` +
              `dev loss ${loss.toFixed(3)}, dev accuracy ${(100 * accuracy).toFixed(1)} %`,
          );
        }
      },
    });
    log(`keeps the weights of step ${selectedStep} of ${history.length}`);
    await Deno.writeFile(output("model.safetensors"), encodeSafetensors(weights));
    await Deno.writeTextFile(output("config.json"), JSON.stringify(config, null, 2) + "\n");
    await Deno.writeFile(output("training_model.onnx"), trainingModel);
    await Deno.writeFile(output("eval_model.onnx"), evaluationModel);
    await writeTable(
      historyTable,
      output("history.parquet"),
      history.map(({ pieces: _, dev, ...record }) => ({
        source: params.source,
        seed: params.seed,
        ...record,
        devLoss: dev && dev.loss,
        devAccuracy: dev && 100 * dev.accuracy,
      })),
    );
  },
});

function configOf(
  { layers, width, heads, inner, dropout, attentionDropout }: z.output<typeof params>,
  { labels, vocabSize, padId, tokenizer, maxTokens }: TextEncoding,
) {
  return {
    architectures: ["XLMRobertaForTokenClassification"],
    model_type: "xlm-roberta",
    vocab_size: vocabSize,
    hidden_size: width,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    intermediate_size: inner ?? 4 * width,
    hidden_act: "gelu",
    hidden_dropout_prob: dropout,
    attention_probs_dropout_prob: attentionDropout,
    // Positions count from padId + 1.
    max_position_embeddings: maxTokens + padId + 1,
    type_vocab_size: 1,
    layer_norm_eps: 1e-5,
    initializer_range: 0.02,
    pad_token_id: padId,
    id2label: Object.fromEntries(labels.map((label, i) => [i, label])),
    label2id: Object.fromEntries(labels.map((label, i) => [label, i])),
    crosstie: { tokenizer: tokenizerName(tokenizer) },
  };
}
