/**
 * Opens the files of a classifier: one trained here, or published for transformers.
 *
 * @module
 */
import { readSmallBytes, readSmallJson } from "../core/small_file.ts";
import { lowerCpu } from "../autodiff/lower_cpu.ts";
import { messageOf, UserError } from "../core/errors.ts";
import { parseEncoderConfig } from "../models/encoder/config.ts";
import { longestInput, paddedBy } from "../models/encoder/families.ts";
import { type ClassifierConfig, classifierHead, encoderModel } from "../models/encoder/model.ts";
import { encoderParameters } from "../models/encoder/parameters.ts";
import { parseBilstmCrfConfig } from "../models/bilstm_crf/config.ts";
import { bilstmCrfModel } from "../models/bilstm_crf/model.ts";
import { isEncoderCrf, parseEncoderCrfConfig } from "../models/encoder_crf/config.ts";
import { encoderCrfModel } from "../models/encoder_crf/model.ts";
import { parseByteToSpanConfig } from "../models/byte_to_span/config.ts";
import { byteToSpanModel } from "../models/byte_to_span/model.ts";
import { parseCharNerConfig } from "../models/char_ner/config.ts";
import { charNerModel } from "../models/char_ner/model.ts";
import type { Model } from "../models/model.ts";
import type { Provider } from "../onnx/provider.ts";
import type { FloatTensor } from "../onnx/dtype.ts";
import { Predictor } from "../predict/predictor.ts";
import { withBoundedTime } from "../tokenizers/bounded_time.ts";
import type { WordTokenizer } from "../tokenizers/tokenizer.ts";
import { givesTokenTypes, readTypedModel } from "../tokenizers/token_types.ts";
import {
  checkVocabulary,
  createTokenizer,
  isNamed,
  readTokenizerFiles,
  readTokenizerSource,
  tokenizerName,
  type TokenizerSource,
} from "../tokenizers/tokenizer_source.ts";
import { readJson } from "../weights/published_files.ts";
import { readWeights } from "../weights/published_weights.ts";
import { readSafetensors } from "../weights/safetensors_file.ts";

/** Where the files of a model lie. */
export interface ModelPlace {
  /** For errors. */
  readonly name: string;
  readonly config: string;
  readonly tokenizer: string;
  /** `tokenizer_config.json`, where there is one. */
  readonly tokenizerConfig?: string;
  /** A folder, or the path of a safetensors file. */
  readonly weights: string;
  /** `eval_model.onnx`, where there is one. */
  readonly graph?: string;
}

/** What a model labels: words, or whole texts. */
export type Labels = "words" | "texts";

/** How a model runs. */
export interface ModelOptions {
  readonly threads: number;
  readonly device: Provider;
}

/** A classifier, ready to run. */
export interface LoadedModel {
  readonly predictor: Pick<Predictor<never>, "answer" | "release">;
  readonly tokenizer: WordTokenizer;
  /** The names of the answers, by index. */
  readonly labels: readonly string[];
  /** Pieces at most that the model reads at once, special tokens included. */
  readonly window: number;
  /** Whether token types tell the texts of a pair apart. */
  readonly tokenTypes: boolean;
}

/** A graph without its weights is far smaller, in bytes. */
const mostGraphBytes = 256 * 2 ** 20;

// deno-lint-ignore no-control-regex
const controls = /[\0-\x1f\x7f-\x9f]/;

/** Lengths above this stand for "no limit" in a tokenizer_config.json. */
const longestTold = 1_000_000;

const architectures: Readonly<Record<Labels, RegExp>> = {
  words: /For(Crf)?TokenClassification$/,
  texts: /ForSequenceClassification$/,
};

/** What a model labels, by its config.json; undefined where it is neither. */
export async function labelsWhat({ config }: ModelPlace): Promise<Labels | undefined> {
  const architecture = architectureOf(Object(await readJson(config)));
  return (Object.keys(architectures) as Labels[])
    .find((what) => architectures[what].test(architecture ?? ""));
}

/**
 * Loads a classifier.
 *
 * @throws {UserError} when it labels something else, or its files do not fit
 */
export async function loadModel(
  place: ModelPlace,
  what: Labels,
  options: ModelOptions,
): Promise<LoadedModel> {
  const published = Object(await readJson(place.config)) as Readonly<Record<string, unknown>>;
  const labels = labelsOf(place.name, published, what);
  const source = place.tokenizerConfig === undefined
    ? await readTokenizerSource(place.tokenizer, ".")
    : await readTokenizerFiles({
      "tokenizer.json": place.tokenizer,
      "tokenizer_config.json": place.tokenizerConfig,
    });
  const { tokenizer: trainedWith, tokenTypes: trainedTypes } = Object(published.crosstie);
  if (typeof trainedWith === "string" && !isNamed(source, trainedWith)) {
    throw new UserError({
      message: `Cannot use ${place.name}: its tokenizer is ${tokenizerName(source)}, ` +
        `and it was trained with ${trainedWith}`,
      hint: "put back the tokenizer.json and tokenizer_config.json that came with the model",
    });
  }
  const tokenizer = withBoundedTime(createTokenizer(source), source);
  const given = { ...options, place, published, source, tokenizer, labels: labels.length };
  const scratch = fromScratch[String(published.model_type)];
  // Token types tell the texts of pairs apart: words have none.
  const tokenTypes = what === "texts" && !scratch &&
    (typeof trainedTypes === "boolean"
      ? trainedTypes
      : givesTokenTypes(source, readTypedModel(JSON.stringify(published), nameOf(place))));
  const { predictor, longest } = scratch
    ? { predictor: await scratch(given), longest: Infinity }
    : await loadEncoder(given, what, tokenTypes);
  const window = Math.min(longest, await toldLength(place.tokenizerConfig));
  return { predictor, tokenizer, labels, window, tokenTypes };
}

/** What a model is made of. */
interface Given extends ModelOptions {
  readonly place: ModelPlace;
  /** Its config.json. */
  readonly published: Readonly<Record<string, unknown>>;
  readonly source: TokenizerSource;
  readonly tokenizer: WordTokenizer;
  /** The number of labels. */
  readonly labels: number;
}

/** A model that runs, and the pieces that it reads at once at most. */
interface Running {
  readonly predictor: LoadedModel["predictor"];
  readonly longest: number;
}

async function loadEncoder(
  given: Given,
  what: Labels,
  tokenTypes: boolean,
): Promise<Running> {
  const { place, published, source, tokenizer, labels } = given;
  const encoder = paddedBy(parseEncoderConfig(published, nameOf(place)), tokenizer.padId);
  checkVocabulary(source, tokenizer.vocabSize, encoder.vocab_size);
  const longest = longestInput(encoder);
  const read = async (parameters: Parameters<typeof readWeights>[2]) =>
    (await readWeights(place.weights, encoder, parameters)).weights;
  if (isEncoderCrf(published)) {
    const config = { ...parseEncoderCrfConfig(published, nameOf(place)), encoder };
    const { specs } = encoderCrfModel.graph(config);
    return { predictor: await run(given, encoderCrfModel, config, await read(specs)), longest };
  }
  const head = what === "words" ? "token" : "sequence";
  const config: ClassifierConfig = { encoder, choice: { head, labels }, tokenTypes };
  const weights = await read([
    ...encoderParameters(encoder),
    ...classifierHead(encoder, config.choice).parameters,
  ]);
  return { predictor: await run(given, encoderModel, config, weights), longest };
}

/** Models that are no encoders, by the `model_type` of their config.json. */
const fromScratch: Readonly<Record<string, (given: Given) => Promise<LoadedModel["predictor"]>>> = {
  bilstm_crf: scratchLoader(bilstmCrfModel, parseBilstmCrfConfig),
  byte_to_span: scratchLoader(byteToSpanModel, parseByteToSpanConfig),
  char_ner: scratchLoader(charNerModel, parseCharNerConfig),
};

function scratchLoader<C extends { readonly vocab_size: number }>(
  model: Model<C>,
  parse: (published: unknown, what: string) => C,
) {
  return async (given: Given): Promise<LoadedModel["predictor"]> => {
    const { place, published, source, tokenizer } = given;
    const config = parse(published, nameOf(place));
    checkVocabulary(source, tokenizer.vocabSize, config.vocab_size);
    const isFolder = (await Deno.stat(place.weights)).isDirectory;
    const weights = await readSafetensors(
      isFolder ? `${place.weights}/model.safetensors` : place.weights,
    );
    return await run(given, model, config, weights);
  };
}

async function run<C>(
  { place, threads, device }: Given,
  model: Model<C>,
  config: C,
  weights: ReadonlyMap<string, FloatTensor>,
): Promise<Predictor<C>> {
  const graph = await graphOf(place, model, config, device);
  return await Predictor.create(model, config, graph, weights, { threads, provider: device });
}

function nameOf({ name }: ModelPlace): string {
  return `the config.json of ${name}`;
}

function architectureOf(published: Readonly<Record<string, unknown>>): string | undefined {
  const [architecture] = Array.isArray(published.architectures) ? published.architectures : [];
  return typeof architecture === "string" ? architecture : undefined;
}

/** The names of the answers; @throws {UserError} when the model labels something else */
function labelsOf(
  name: string,
  published: Readonly<Record<string, unknown>>,
  what: Labels,
): string[] {
  const architecture = architectureOf(published);
  if (!architectures[what].test(architecture ?? "")) {
    const verb = what === "words" ? "tag words" : "classify texts";
    const kind = what === "words" ? "token" : "sequence";
    const task = what === "words" ? "ner.tokenize" : "entail.tokenize";
    throw new UserError({
      message: `Cannot ${verb} with ${name}, as it does not label ${what}: its architecture is ` +
        `"${architecture ?? "not named"}"`,
      hint: `give a model for ${kind} classification, such as encoder.train makes of ${task}`,
    });
  }
  const names = Object(published.id2label) as Readonly<Record<string, unknown>>;
  const labels = Object.keys(names).map((_, i) => names[i]);
  const areNamed = labels.length > 0 && labels.every((label) => typeof label === "string");
  if (areNamed && !labels.some((label) => controls.test(label))) return labels;
  throw new UserError({
    message: `Cannot read the labels of ${name}: id2label in its config.json must name them ` +
      (areNamed ? "without control characters" : "from 0"),
    hint: "put back the config.json that came with the model",
  });
}

/** The graph that answers; made anew for a model that brings none. */
async function graphOf<C>(
  { name, graph }: ModelPlace,
  model: Model<C>,
  config: C,
  device: Provider,
): Promise<Uint8Array> {
  if (graph !== undefined) return await readSmallBytes(graph, mostGraphBytes);
  if (device !== "cpu") {
    throw new UserError({
      message: `Cannot run ${name} on ${device}: it has no eval_model.onnx`,
      hint: "leave --device out",
    });
  }
  const { inputs, parameters, answers } = model.graph(config);
  return lowerCpu("evaluation", [...inputs, ...parameters.values()], answers);
}

/** The pieces that a tokenizer_config.json allows; Infinity where it says nothing. */
async function toldLength(path: string | undefined): Promise<number> {
  if (path === undefined) return Infinity;
  try {
    const { model_max_length: told } = Object(await readSmallJson(path));
    return typeof told === "number" && told >= 3 && told <= longestTold ? told : Infinity;
  } catch (cause) {
    throw new UserError(`Cannot read ${path}: ${messageOf(cause)}`, { cause });
  }
}
