/**
 * Brings a published encoder into one folder: shape, weights in one file, tokenizer.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";
import { distrust } from "../corpora/fetch_record.ts";
import { NotFetchedError } from "../corpora/fetch_sources.ts";
import { type EncoderConfig, parseEncoderConfig } from "../models/encoder/config.ts";
import { mergeShards } from "../weights/merge_shards.ts";
import { indexFile, pickledFiles, shardsOf, wholeFile } from "../weights/published_files.ts";
import { checkWeights } from "../weights/published_weights.ts";
import type { PublishedEncoder } from "./catalogue.ts";
import { type HubFile, HubFiles, type HubOptions } from "./hub_files.ts";

/** Where the files of an encoder are to be written. */
export interface EncoderPlaces {
  readonly config: string;
  readonly weights: string;
  readonly tokenizer: string;
  readonly tokenizerConfig: string;
}

/**
 * Fetches an encoder. Small files come first, so that what cannot be used is known before the weights
 * are fetched.
 *
 * @throws {UserError} when a file is not to be had or is not what it should be, the weights are
 * pickled or lack a shard, or the encoder is not one that crosstie has
 */
export async function fetchEncoder(
  encoder: PublishedEncoder,
  places: EncoderPlaces,
  options: HubOptions,
): Promise<void> {
  const files = new HubFiles(encoder, options);
  const source = encoder.tokenizer ? new HubFiles(encoder.tokenizer, options) : files;
  const configFile = await getFirst(files);
  const published = await files.json(configFile);
  const config = await trusted([configFile], () => configOf(encoder, files.shown, published));
  const tokenizerConfig = await allowed(source, () => source.find("tokenizer_config.json"));
  const tokenizer = await allowed(source, () => source.find("tokenizer.json"));
  if (!tokenizer) throw noTokenizer(source);
  await source.json(tokenizer);
  if (tokenizerConfig) await source.json(tokenizerConfig);
  await trusted([configFile], () => bringWeights(files, config, places.weights));

  // The head of a published model is somebody else's, also where crosstie trained it.
  const { crosstie, ...others } = published;
  if (crosstie === undefined) await Deno.copyFile(configFile.path, places.config);
  else await Deno.writeTextFile(places.config, JSON.stringify(others, null, 2) + "\n");
  await Deno.copyFile(tokenizer.path, places.tokenizer);
  if (tokenizerConfig) await Deno.copyFile(tokenizerConfig.path, places.tokenizerConfig);
  else await Deno.writeTextFile(places.tokenizerConfig, "{}\n");
  for (const each of new Set([files, source])) each.warnOfMixture();
}

/** @throws {UserError} when it is not one that crosstie has, or not what the catalogue says */
function configOf({ family }: PublishedEncoder, shown: string, published: unknown): EncoderConfig {
  const config = parseEncoderConfig(published, `config.json of ${shown}`);
  if (family === undefined || config.model_type === family) return config;
  throw new UserError({
    message: `Cannot use config.json of ${shown} as its model_type must be "${family}": got ` +
      `"${config.model_type}"`,
    hint: "the model has changed: mend its entry in data/encoders.yaml",
  });
}

/** Every model has a config.json: without one there is no such model, or no such revision. */
async function getFirst(files: HubFiles): Promise<HubFile> {
  try {
    return await allowed(files, () => files.get("config.json"));
  } catch (error) {
    const isAbsent = error instanceof NotFetchedError && error.refusals.at(-1) === "absent";
    if (!isAbsent) throw error;
    const { repository, revision } = files.model;
    throw new UserError({
      message: `Cannot find the revision "${revision}" of ${repository}, or the model itself: ` +
        `${error.address}: ${error.reasons}`,
      hint: `look at ${files.page}/tree/${revision}, and at how the name is spelled`,
    }, { cause: error });
  }
}

/** Says what a refusal asks for: an account that may read the model. */
async function allowed<T>(files: HubFiles, fetch: () => Promise<T>): Promise<T> {
  try {
    return await fetch();
  } catch (error) {
    if (!(error instanceof NotFetchedError) || !error.refusals.includes("refused")) throw error;
    throw new UserError({
      message: error.problems[0].message,
      hint:
        `${files.model.repository} may be gated or private, or not there: accept its terms at ` +
        `${files.page} and set HF_TOKEN to a token of your account` +
        (files.options.hubToken ? " that may read it (the one that is set may not)" : ""),
    }, { cause: error });
  }
}

async function bringWeights(files: HubFiles, config: EncoderConfig, to: string): Promise<void> {
  const whole = await allowed(files, () => files.find(wholeFile));
  if (whole) {
    await trusted([whole], () => checkWeights(whole.path, config));
    return await Deno.copyFile(whole.path, to);
  }
  const index = await allowed(files, () => files.find(indexFile));
  if (!index) throw await noWeights(files);
  await files.json(index);
  const shards = await trusted([index], () => shardsOf(index.path));
  const fetched: HubFile[] = [];
  for (const [name, { length }] of shards) {
    fetched.push(await allowed(files, () => getShard(files, name, length)));
  }
  const parts = [...shards.values()].map((tensors, i) => ({ path: fetched[i].path, tensors }));
  await trusted([index, ...fetched], async () => {
    await mergeShards(files.shown, parts, to);
    await checkWeights(to, config);
  });
  files.options.log?.(`${parts.length} shards of ${files.shown} are one ${wholeFile} now`);
}

async function getShard(files: HubFiles, name: string, tensors: number): Promise<HubFile> {
  const shard = await files.find(name);
  if (shard) return shard;
  throw new UserError({
    message: `Cannot load ${files.shown} as shard ${name} is missing, in which ${indexFile} has ` +
      `${tensors} ${tensors === 1 ? "tensor" : "tensors"}`,
    hint: `look for it at ${files.urlOf(name)}, and at its place in the mirror`,
  });
}

/** Files that turn out to be of no use are fetched anew the next time. */
async function trusted<T>(files: readonly HubFile[], use: () => T | Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    const isAbout = error instanceof UserError && !(error instanceof NotFetchedError);
    if (isAbout) { for (const { path } of files) await distrust(path); }
    throw error;
  }
}

async function noWeights(files: HubFiles): Promise<UserError> {
  const { repository, revision } = files.model;
  for (const name of pickledFiles) {
    if (!await files.has(name)) continue;
    return new UserError({
      message:
        `Cannot load ${name} of ${files.shown}, and it has no ${wholeFile}: pickled weights ` +
        "can run code when they are read",
      hint: `convert it once in Python: ${inPython("AutoModelForMaskedLM", files)}`,
    });
  }
  return new UserError({
    message: `Cannot load ${files.shown} as it has neither ${wholeFile} nor ${indexFile}`,
    hint: `look at ${files.page}/tree/${revision}: is ${repository} the model that is meant?`,
  });
}

function noTokenizer(files: HubFiles): UserError {
  return new UserError({
    message: `Cannot tokenize for ${files.shown} as it has no tokenizer.json`,
    hint: `make one once in Python: ${inPython("AutoTokenizer", files)}`,
  });
}

/** How to make in Python what a model lacks, and where to lay it. */
function inPython(className: string, { model: { repository, revision } }: HubFiles): string {
  const at = revision === "main" ? "" : `, revision="${revision}"`;
  return `from transformers import ${className} as A; A.from_pretrained("${repository}"${at})` +
    `.save_pretrained("M/huggingface.co/${repository}/resolve/${revision}"), and set ` +
    "CROSSTIE_MIRROR to the folder M";
}
