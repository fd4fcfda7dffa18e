/**
 * What is known of models before they are trained, and the memory of what trains and runs them.
 *
 * @module
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type EncoderShape, findEncoder, standardEncoders } from "../encoders/catalogue.ts";
import { frozenBy } from "../engine/parameter_rates.ts";
import { type EncoderChoice, newConfig } from "../experiment/start.ts";
import type { TrainParams } from "../experiment/train_params.ts";
import type { EncoderConfig, ModelType } from "../models/encoder/config.ts";
import type { Estimate, Expectation } from "../plan/stage.ts";
import { createTokenizer, readTokenizerSource } from "../tokenizers/tokenizer_source.ts";
import { readConfig } from "../weights/published_weights.ts";
import { longestOf } from "./data_estimates.ts";
import { answeringMib, type HeadKind, trainingMib, weightsMib } from "./footprint.ts";
import { keptEpochs } from "./kept_epochs.ts";
import { type KnownExamples, type KnownModel, those } from "./known.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));

/** Of the kind that fetches a published encoder: of one that is not in the catalogue, nothing. */
export const published: Estimate = async ({ params }) => {
  const { encoder } = params as { encoder: string };
  const { family, shape } = findEncoder(await standardEncoders(), encoder);
  return family && shape && told(configOf(family, shape));
};

/** How kinds train an encoder. */
export interface TrainedEncoder {
  /** Whether it stays as it is, with adapters in it that learn, which are small. */
  readonly stays?: boolean;
}

/** Of the kinds that train an encoder with a head. */
export function training(head: HeadKind, { stays = false }: TrainedEncoder = {}): Estimate {
  return async ({ params, inputs, device }) => {
    const given = params as unknown as TrainParams & EncoderChoice;
    const trained = those("examples", inputs.examples);
    const start = await startOf(given, inputs.start ?? [], trained);
    if (!start) return undefined;
    const config = withRates(start, given);
    if (device !== "cpu" || trained.length === 0) return told(config);
    const looked = [...trained, ...those("examples", inputs.watch)];
    const memoryMib = trainingMib({
      config,
      head,
      batchSize: given.batchSize,
      accumulate: given.accumulate,
      trained: longestOf(trained),
      looked: longestOf(looked),
      examples: trained.reduce((sum, { train }) => sum + train, 0),
      isFrozen: stays ? () => true : frozenBy(given.frozen),
      keptWeights: (given.select === "last" ? 0 : 1) + keptEpochs(given),
    });
    return { memoryMib, ...told(config) };
  };
}

/** Of the kind that takes the weights of one epoch. */
export const picking: Estimate = ({ inputs }) => {
  const [model] = those("model", inputs.model);
  return model && { memoryMib: weightsMib(model.config, 1), known: model };
};

/** Of the kind that puts an adapter of one model into another. */
export const switching: Estimate = ({ inputs }) => {
  const [model] = those("model", inputs.model);
  return model && { memoryMib: weightsMib(model.config, 2), known: model };
};

/** Of the kind that runs a trained encoder over examples. */
export const predicting: Estimate = ({ inputs, device }) => {
  const [model] = those("model", inputs.model);
  const answered = those("examples", inputs.examples);
  if (!model || answered.length === 0 || device !== "cpu") return undefined;
  const examples = answered.reduce((sum, { test }) => sum + test, 0);
  const memoryMib = answeringMib({ config: model.config, pieces: longestOf(answered), examples });
  return { memoryMib };
};

/** The config.json of a published encoder, as far as it is known and counts here. */
function configOf(model_type: ModelType, shape: EncoderShape): EncoderConfig {
  return {
    model_type,
    vocab_size: shape.vocabulary,
    hidden_size: shape.width,
    num_hidden_layers: shape.layers,
    num_attention_heads: shape.heads,
    intermediate_size: shape.inner,
    hidden_act: "gelu",
    hidden_dropout_prob: 0.1,
    attention_probs_dropout_prob: 0.1,
    max_position_embeddings: shape.positions,
    type_vocab_size: tokenTypes[model_type],
    initializer_range: 0.02,
    layer_norm_eps: 1e-12,
    pad_token_id: 1,
  };
}

/** Rows of the table of token types that the families are published with. */
const tokenTypes: Readonly<Record<ModelType, number>> = {
  "xlm-roberta": 1,
  "roberta": 1,
  "bert": 2,
  "distilbert": 0,
};

function told(config: EncoderConfig): Expectation {
  const known: KnownModel = { of: "model", config };
  return { known };
}

/** The shape that a training starts from; undefined where it is not known. */
async function startOf(
  given: EncoderChoice,
  start: readonly unknown[],
  [examples]: readonly KnownExamples[],
): Promise<EncoderConfig | undefined> {
  if (start.length > 0) return those("model", start)[0]?.config;
  if (given.encoder !== undefined) return await folderConfig(given.encoder);
  const vocabSize = examples && await vocabularyOf(examples);
  if (vocabSize === undefined) return undefined;
  return newConfig(given, { vocabSize, padId: 1, maxTokens: examples.maxTokens });
}

/** The config.json of a folder, read once. */
const folders = new Map<string, Promise<EncoderConfig>>();

function folderConfig(encoder: string): Promise<EncoderConfig> {
  const folder = resolve(project, encoder);
  if (!folders.has(folder)) folders.set(folder, readConfig(folder).then(({ config }) => config));
  return folders.get(folder)!;
}

/** The pieces of tokenizers that had to be read. */
const vocabularies = new Map<string, Promise<number>>();

function vocabularyOf(
  { vocabulary, tokenizer }: KnownExamples,
): number | undefined | Promise<number> {
  if (vocabulary !== undefined || tokenizer === undefined) return vocabulary;
  if (!vocabularies.has(tokenizer)) {
    vocabularies.set(
      tokenizer,
      readTokenizerSource(tokenizer, project).then((source) => createTokenizer(source).vocabSize),
    );
  }
  return vocabularies.get(tokenizer)!;
}

/** The dropout that a training asks for, or the start's. */
function withRates(
  config: EncoderConfig,
  {
    dropout = config.hidden_dropout_prob,
    attentionDropout = config.attention_probs_dropout_prob,
  }: EncoderChoice,
): EncoderConfig {
  return {
    ...config,
    hidden_dropout_prob: dropout,
    attention_probs_dropout_prob: attentionDropout,
  };
}
