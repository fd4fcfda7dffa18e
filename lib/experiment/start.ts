/**
 * What an encoder's training starts from: random weights, a published encoder, or the model of
 * another training.
 *
 * @module
 */
import type { Json } from "../core/canonical_json.ts";
import { UserError } from "../core/errors.ts";
import { sha256File, sha256Json } from "../core/sha256.ts";
import { type EncoderConfig, parseEncoderConfig } from "../models/encoder/config.ts";
import { checkLength, paddedBy } from "../models/encoder/families.ts";
import { initialiseOffsetHeads } from "../models/encoder/offset_heads.ts";
import type { ArchitectureName, PublishedConfig } from "../models/encoder/published_config.ts";
import type { ExampleFormat } from "../models/example_format.ts";
import { initialise, type ParameterSpec } from "../nn/parameters.ts";
import type { InputInstance } from "../plan/stage.ts";
import { tokenizerJsonOf } from "../tokenizers/published_tokenizer.ts";
import { checkVocabulary, tokenizerName } from "../tokenizers/tokenizer_source.ts";
import { readJson } from "../weights/published_files.ts";
import { checkTokenizer, readPublishedFolder } from "../weights/published_folder.ts";
import { readWeights } from "../weights/published_weights.ts";

/** How random weights start, by the name that a pipeline file uses. */
const initialisations = {
  normal: (_: EncoderConfig, specs: readonly ParameterSpec[], seed: number) =>
    initialise(specs, seed),
  offsetHeads: initialiseOffsetHeads,
};

/** The width of a new encoder that does not say it. */
export const defaultWidth = 128;

/** The attention heads of a new encoder that does not say it. */
export const defaultHeads = 8;

/** What a pipeline file says of the start: a published encoder, or the shape of a new one. */
export interface EncoderChoice {
  /** The folder of a published encoder, which has a shape already. */
  readonly encoder?: string;
  /** 2 if left out. */
  readonly layers?: number;
  /** {@linkcode defaultWidth} if left out. */
  readonly width?: number;
  /** {@linkcode defaultHeads} if left out. */
  readonly heads?: number;
  /** Width of the feed-forward part; 4 × width if left out. */
  readonly inner?: number;
  /** offsetHeads if left out. */
  readonly initialisation?: keyof typeof initialisations;
  /** The start's, or 0.1, if left out. */
  readonly dropout?: number;
  /** The start's, or 0, if left out. */
  readonly attentionDropout?: number;
}

/** A head with the names of its answers. */
export interface NamedHead {
  readonly name: ArchitectureName;
  readonly labels: readonly string[];
}

/** Where weights come from, and the shape of the encoder. */
export interface EncoderStart {
  readonly config: EncoderConfig;
  /** The start's config.json; nothing for a new encoder. */
  readonly original: PublishedConfig;
  /** Tells equal starts from others, wherever they lie. */
  readonly identity: Json;
  /**
   * The first value of every parameter, by name, with a line for people.
   *
   * @param seed names the random numbers
   */
  weights(
    parameters: readonly ParameterSpec[],
    seed: number,
  ): Promise<{ readonly initial: Map<string, Float32Array>; readonly line?: string }>;
}

/**
 * Finds what a training starts from.
 *
 * @param format gives a new encoder its vocabulary and number of positions
 * @param head that the training puts on the encoder
 * @param input another training's model, or a published encoder
 * @param base what the encoder's path is relative to
 * @throws {UserError} when there is no such encoder, it cannot be used, has another tokenizer or the
 *   head's labels in another order, or when a shape is wrong
 */
export async function encoderStart(
  choice: EncoderChoice,
  format: ExampleFormat,
  head: NamedHead,
  input: InputInstance | undefined,
  base: string,
): Promise<EncoderStart> {
  const start = input
    ? await inputStart(choice, format, head, input)
    : choice.encoder === undefined
    ? randomStart(choice, format)
    : await publishedStart(choice, choice.encoder, format, head, base);
  checkVocabulary(format.tokenizer, format.vocabSize, start.config.vocab_size);
  checkLength(start.config, format.maxTokens);
  checkTokenTypes(start.config, format);
  return start;
}

/** @throws {UserError} when pairs have token types that the encoder has no rows for */
function checkTokenTypes({ model_type, type_vocab_size }: EncoderConfig, format: ExampleFormat) {
  if (!format.tokenTypes || type_vocab_size > 1) return;
  throw new UserError({
    message: `Cannot read pairs with token types, as the encoder has ${type_vocab_size} of them: ` +
      `got two types and ${model_type}`,
    hint: "give the encoder's own tokenizer where the pairs are tokenized",
  });
}

function randomStart(choice: EncoderChoice, format: ExampleFormat): EncoderStart {
  const { initialisation = "offsetHeads" } = choice;
  const config = newConfig(choice, format);
  return {
    config,
    original: {},
    identity: { random: initialisation, seeded: true },
    weights: (parameters, seed) =>
      Promise.resolve({ initial: initialisations[initialisation](config, parameters, seed) }),
  };
}

async function publishedStart(
  choice: EncoderChoice,
  encoder: string,
  format: ExampleFormat,
  head: NamedHead,
  base: string,
): Promise<EncoderStart> {
  const { config, published, folder, digest } = await readPublishedFolder(encoder, base);
  await checkTokenizer({ folder, published }, format.tokenizer);
  return {
    config: paddedBy(withRates(config, choice), format.padId),
    original: published,
    identity: { published: digest },
    // A published classifier's labels are somebody else's: its head always starts anew.
    weights: (parameters, seed) =>
      read(folder, `${folder} (${digest.slice(0, 12)})`, config, parameters, {
        seed,
        all: head.name !== "MaskedLM",
      }),
  };
}

async function inputStart(
  choice: EncoderChoice,
  format: ExampleFormat,
  head: NamedHead,
  { instance, files, digests }: InputInstance,
): Promise<EncoderStart> {
  const original = await readJson(files["config.json"]) as PublishedConfig;
  const config = parseEncoderConfig(original, `the config.json of ${instance}`);
  const { tokenizer } = Object(original.crosstie) as { tokenizer?: unknown };
  if (await Deno.readTextFile(files["tokenizer.json"]) !== tokenizerJsonOf(format.tokenizer)) {
    throw new UserError({
      message: `Cannot start from ${instance} on sentences of the tokenizer ` +
        `${tokenizerName(format.tokenizer)}: it ${
          tokenizer === undefined ? "has another tokenizer.json" : `was trained with ${tokenizer}`
        }`,
      hint: "tokenize with the tokenizer of the start: give it as input tokenizer",
    });
  }
  const weights = files["model.safetensors"];
  const digest = digests?.["model.safetensors"] ?? (await sha256File(weights)).digest;
  return {
    config: paddedBy(withRates(config, choice), format.padId),
    original,
    identity: { trained: sha256Json([digest, original as Json]) },
    weights: (parameters, seed) =>
      read(weights, instance, config, parameters, {
        seed,
        // A published classifier's labels are somebody else's: its head always starts anew.
        all: original.crosstie === undefined
          ? head.name !== "MaskedLM"
          : !sharesHead(instance, original, head),
      }),
  };
}

/**
 * Whether a training goes on with the start's head: it is of the same kind, with the same labels in
 * the same order.
 *
 * @throws {UserError} when the order alone differs, as rows of the head would be mixed up
 */
function sharesHead(instance: string, original: PublishedConfig, head: NamedHead): boolean {
  const [architecture] = (original.architectures ?? []) as readonly string[];
  if (!architecture?.endsWith(`For${head.name}`)) return false;
  const known = Object.values(Object(original.id2label)) as string[];
  if (known.join("\n") === head.labels.join("\n")) return true;
  if ([...known].sort().join("\n") !== [...head.labels].sort().join("\n")) return false;
  throw new UserError({
    message: `Cannot start from ${instance} as its labels stand in another order: got ` +
      `[${head.labels.join(", ")}] and [${known.join(", ")}]`,
    hint: "give both the same labels in the same order",
  });
}

async function read(
  where: string,
  name: string,
  config: EncoderConfig,
  parameters: readonly ParameterSpec[],
  freshHead: { readonly seed: number; readonly all: boolean },
) {
  const { weights, fresh, unused } = await readWeights(where, config, parameters, { freshHead });
  return {
    initial: new Map([...weights].map(([name, { data }]) => [name, data])),
    line: `starts from ${name}` +
      (fresh.length > 0 ? `; ${fresh.join(", ")} start anew` : "") +
      (unused.length > 0 ? `; ${unused.join(", ")} left aside` : ""),
  };
}

function withRates(config: EncoderConfig, choice: EncoderChoice): EncoderConfig {
  const {
    dropout = config.hidden_dropout_prob,
    attentionDropout = config.attention_probs_dropout_prob,
  } = choice;
  return {
    ...config,
    hidden_dropout_prob: dropout,
    attention_probs_dropout_prob: attentionDropout,
  };
}

/** The shape of a new encoder, a small XLM-R. */
export function newConfig(
  {
    layers = 2,
    width = defaultWidth,
    heads = defaultHeads,
    inner = 4 * width,
    dropout = 0.1,
    attentionDropout = 0,
  }: EncoderChoice,
  { vocabSize, padId, maxTokens, tokenTypes = false }:
    & Pick<ExampleFormat, "vocabSize" | "padId" | "maxTokens">
    & Partial<Pick<ExampleFormat, "tokenTypes">>,
): EncoderConfig {
  return parseEncoderConfig({
    model_type: "xlm-roberta",
    vocab_size: vocabSize,
    hidden_size: width,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    intermediate_size: inner,
    hidden_dropout_prob: dropout,
    attention_probs_dropout_prob: attentionDropout,
    // Positions count from padId + 1.
    max_position_embeddings: maxTokens + padId + 1,
    type_vocab_size: tokenTypes ? 2 : 1,
    layer_norm_eps: 1e-5,
    initializer_range: 0.02,
    pad_token_id: padId,
  });
}
