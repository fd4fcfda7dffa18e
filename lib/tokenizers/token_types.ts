/**
 * Whether a tokenizer tells the two sentences of a pair apart by token types, as transformers'
 * AutoTokenizer does for the same files.
 *
 * @module
 */
import { parseSmallJson } from "../core/small_file.ts";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { messageOf, UserError } from "../core/errors.ts";
import { readIfThere, type TokenizerSource } from "./tokenizer_source.ts";

const configSchema = z.looseObject({
  tokenizer_class: z.string().nullish(),
  model_input_names: z.array(z.string()).nullish(),
});

const modelSchema = z.object({
  model_type: z.string().nullish(),
  tokenizer_class: z.string().nullish(),
  type_vocab_size: z.int().nonnegative().nullish(),
  /** Of a model that crosstie trained: whether it was told token types. */
  crosstie: z.object({ tokenTypes: z.boolean().optional() }).nullish(),
});

/** What the config.json beside a tokenizer says of its class and of token types. */
export type TypedModel = z.output<typeof modelSchema>;

/** The class that transformers takes for a model's tokenizer where nothing names one. */
const classOfModel: Readonly<Record<string, string>> = {
  "bert": "BertTokenizer",
  "roberta": "RobertaTokenizer",
  "xlm-roberta": "XLMRobertaTokenizer",
};

// `model_input_names` of the classes of transformers 5.23 has token_type_ids for these alone.
const typedClasses = [
  "BertTokenizer",
  "CanineTokenizer",
  "DebertaTokenizer",
  "DebertaV2Tokenizer",
  "FNetTokenizer",
];

/**
 * Reads what a config.json says of token types.
 *
 * @param file the name that errors show
 * @throws {UserError} when it is no JSON, or says it otherwise than transformers does
 */
export function readTypedModel(text: string, file: string): TypedModel {
  try {
    return modelSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new UserError(`Cannot read ${file}: ${messageOf(cause)}`, { cause });
  }
}

/**
 * Whether token types are given to a model, where the tokenizer's template has any. The first that
 * says it counts: an encoder that has one type alone, `model_input_names`, the tokenizer's class,
 * that of the encoder. Where a trained model's tokenizer has no config, the training says it. A `tokenizer.json` by itself says it by its template.
 *
 * @param model the config.json of the encoder whose tokenizer it is; nothing for a tokenizer that
 * belongs to none
 */
export function givesTokenTypes(source: TokenizerSource, model?: TypedModel): boolean {
  if (source === "bytes") return false;
  if (model && typesOf(model) < 2) return false;
  const config = configOf(source);
  if (config === undefined && model?.crosstie) return model.crosstie.tokenTypes === true;
  if (config?.model_input_names) return config.model_input_names.includes("token_type_ids");
  const named = config?.tokenizer_class ?? model?.tokenizer_class ??
    classOfModel[model?.model_type ?? ""];
  if (named !== undefined) return typedClasses.includes(named.replace(/Fast$/, ""));
  // A new encoder is an XLM-R, and a tokenizer_config.json without a class takes XLM-R's.
  return config === undefined;
}

/** How many token types an encoder has rows for. */
function typesOf({ model_type, type_vocab_size }: TypedModel): number {
  return model_type === "distilbert" ? 0 : type_vocab_size ?? 2;
}

function configOf(source: Exclude<TokenizerSource, "bytes">) {
  if (source.tokenizerConfig === undefined) return undefined;
  const file = `the tokenizer_config.json of ${source.file}`;
  const { data, error } = configSchema.safeParse(parseSmallJson(source.tokenizerConfig, file));
  if (data) return data;
  const [{ path, message }] = error.issues;
  throw new UserError(`Cannot use ${file}: ${path.join(".")}: ${message}`);
}

/** Where the config.json lies that belongs to a tokenizer which a pipeline file names. */
export function modelPathsBeside(name: string, folder: string): string[] {
  const path = resolve(folder, name);
  return [`${path}/config.json`, `${dirname(path)}/config.json`];
}

/**
 * What the config.json says that lies in a tokenizer's folder; nothing where there is none.
 *
 * @param name a `tokenizer.json` or its folder, as {@linkcode readTokenizerSource} takes it
 * @throws {UserError} when it says something else than transformers does
 */
export async function readModelBeside(
  name: string,
  folder: string,
): Promise<TypedModel | undefined> {
  const [inside, beside] = modelPathsBeside(name, folder);
  const isFolder = (await Deno.stat(resolve(folder, name))).isDirectory;
  const text = await readIfThere(isFolder ? inside : beside);
  return text === undefined ? undefined : readTypedModel(text, `the config.json of ${name}`);
}
