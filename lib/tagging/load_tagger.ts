/**
 * Makes a tagger of the files of a model: one trained here, or published for transformers.
 *
 * @module
 */
import { lowerCpu } from "../autodiff/lower_cpu.ts";
import { messageOf, UserError } from "../core/errors.ts";
import { parseEncoderConfig } from "../models/encoder/config.ts";
import { longestInput, paddedBy } from "../models/encoder/families.ts";
import { type ClassifierConfig, classifierHead, encoderModel } from "../models/encoder/model.ts";
import { encoderParameters } from "../models/encoder/parameters.ts";
import type { Provider } from "../onnx/provider.ts";
import type { Decoding } from "../predict/decode.ts";
import { Predictor } from "../predict/predictor.ts";
import {
  checkVocabulary,
  createTokenizer,
  isNamed,
  readTokenizerFiles,
  readTokenizerSource,
  tokenizerName,
} from "../tokenizers/tokenizer_source.ts";
import { readJson } from "../weights/published_files.ts";
import { readWeights } from "../weights/published_weights.ts";
import { Tagger } from "./tagger.ts";

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

/** How a tagger runs. */
export interface TaggerOptions {
  readonly threads: number;
  readonly device: Provider;
  readonly decoding: Decoding;
}

/** Lengths above this stand for "no limit" in a tokenizer_config.json. */
const longestTold = 1_000_000;

/**
 * Loads a model that labels words.
 *
 * @throws {UserError} when it labels no words, or its files do not fit
 */
export async function loadTagger(
  place: ModelPlace,
  { threads, device, decoding }: TaggerOptions,
): Promise<Tagger> {
  const published = Object(await readJson(place.config)) as Readonly<Record<string, unknown>>;
  const labels = labelsOf(place.name, published);
  const source = place.tokenizerConfig === undefined
    ? await readTokenizerSource(place.tokenizer, ".")
    : await readTokenizerFiles({
      "tokenizer.json": place.tokenizer,
      "tokenizer_config.json": place.tokenizerConfig,
    });
  const trainedWith = Object(published.crosstie).tokenizer;
  if (typeof trainedWith === "string" && !isNamed(source, trainedWith)) {
    throw new UserError({
      message: `Cannot tag words with ${place.name}: its tokenizer is ${tokenizerName(source)}, ` +
        `and it was trained with ${trainedWith}`,
      hint: "put back the tokenizer.json and tokenizer_config.json that came with the model",
    });
  }
  const tokenizer = createTokenizer(source);
  const encoder = paddedBy(
    parseEncoderConfig(published, `the config.json of ${place.name}`),
    tokenizer.padId,
  );
  checkVocabulary(source, tokenizer.vocabSize, encoder.vocab_size);
  const choice = { head: "token", labels: labels.length } as const;
  const config: ClassifierConfig = { encoder, choice, tokenTypes: false };
  const { weights } = await readWeights(place.weights, encoder, [
    ...encoderParameters(encoder),
    ...classifierHead(encoder, choice).parameters,
  ]);
  const predictor = await Predictor.create(
    encoderModel,
    config,
    await graphOf(place, config, device),
    weights,
    { threads, provider: device },
  );
  const window = Math.min(longestInput(encoder), await toldLength(place.tokenizerConfig));
  return new Tagger({ predictor, tokenizer, labels, window, decoding });
}

/** The names of the answers; @throws {UserError} when the model does not label words */
function labelsOf(name: string, published: Readonly<Record<string, unknown>>): string[] {
  const [architecture] = Array.isArray(published.architectures) ? published.architectures : [];
  if (typeof architecture !== "string" || !architecture.endsWith("ForTokenClassification")) {
    throw new UserError({
      message: `Cannot tag words with ${name}, as it does not label words: its architecture is ` +
        `"${architecture ?? "not named"}"`,
      hint: "give a model for token classification, such as encoder.train makes of ner.tokenize",
    });
  }
  const names = Object(published.id2label) as Readonly<Record<string, unknown>>;
  const labels = Object.keys(names).map((_, i) => names[i]);
  if (labels.length > 0 && labels.every((label) => typeof label === "string")) return labels;
  throw new UserError({
    message: `Cannot read the labels of ${name}: id2label in its config.json must name them from 0`,
    hint: "put back the config.json that came with the model",
  });
}

/** The graph that answers; made anew for a model that brings none. */
async function graphOf(
  { name, graph }: ModelPlace,
  config: ClassifierConfig,
  device: Provider,
): Promise<Uint8Array> {
  if (graph !== undefined) return await Deno.readFile(graph);
  if (device !== "cpu") {
    throw new UserError({
      message: `Cannot run ${name} on ${device}: it has no eval_model.onnx`,
      hint: "leave --device out",
    });
  }
  const { inputs, parameters, answers } = encoderModel.graph(config);
  return lowerCpu("evaluation", [...inputs, ...parameters.values()], answers);
}

/** The pieces that a tokenizer_config.json allows; Infinity where it says nothing. */
async function toldLength(path: string | undefined): Promise<number> {
  if (path === undefined) return Infinity;
  try {
    const { model_max_length: told } = Object(JSON.parse(await Deno.readTextFile(path)));
    return typeof told === "number" && told >= 3 && told <= longestTold ? told : Infinity;
  } catch (cause) {
    throw new UserError(`Cannot read ${path}: ${messageOf(cause)}`, { cause });
  }
}
