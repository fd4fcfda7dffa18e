/**
 * The published encoder that a pipeline file names, checked before anything runs.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { messageOf, UserError } from "../core/errors.ts";
import { isFolder } from "../core/file_kinds.ts";
import { tokenizerJsonOf } from "../tokenizers/published_tokenizer.ts";
import {
  isNamed,
  readIfThere,
  tokenizerName,
  type TokenizerSource,
} from "../tokenizers/tokenizer_source.ts";
import { checkWeights, type ReadConfig, readConfig } from "./published_weights.ts";
import { modelDigest } from "./published_files.ts";

/** A folder with a config.json and weights as the hub has them. */
export interface PublishedFolder extends ReadConfig {
  /** An absolute path. */
  readonly folder: string;
  /** SHA-256 of what it holds. */
  readonly digest: string;
}

/**
 * Finds a published encoder.
 *
 * @param name the folder's path
 * @param base the folder that the path is relative to
 * @throws {UserError} when there is no such folder, its encoder is not one that crosstie has, or its
 * weights are missing, pickled or truncated
 */
export async function readPublishedFolder(name: string, base: string): Promise<PublishedFolder> {
  const folder = resolve(base, name);
  const isThere = await isFolder(folder).catch((cause) => {
    throw new UserError(`Cannot read the encoder ${folder}: ${messageOf(cause)}`, { cause });
  });
  if (!isThere) {
    throw new UserError({
      message: `Cannot find the encoder "${name}": there is no such folder`,
      hint: "fetch config.json, model.safetensors and tokenizer.json into it, such as " +
        `https://huggingface.co/FacebookAI/xlm-roberta-base/resolve/main/config.json`,
    });
  }
  const read = await readConfig(folder);
  await checkWeights(folder, read.config);
  return {
    ...read,
    folder,
    digest: await modelDigest(folder),
  };
}

/**
 * Checks that sentences were tokenized for an encoder, where it can tell: by its tokenizer.json,
 * or, in one that crosstie trained, by the tokenizer that its config.json names.
 *
 * @throws {UserError} when their tokenizer has another content
 */
export async function checkTokenizer(
  { folder, published }: Pick<PublishedFolder, "folder" | "published">,
  source: TokenizerSource,
): Promise<void> {
  const message = `Cannot train the encoder ${folder} on sentences of the tokenizer ` +
    `${tokenizerName(source)}: `;
  const own = await readIfThere(join(folder, "tokenizer.json"));
  if (own !== undefined) {
    if (tokenizerJsonOf(source) === own) return;
    throw new UserError({
      message: message + "its own tokenizer.json says something else",
      hint: `tokenize with tokenizer: ${folder}`,
    });
  }
  const { tokenizer } = Object(published.crosstie) as { tokenizer?: unknown };
  if (typeof tokenizer !== "string" || isNamed(source, tokenizer)) return;
  throw new UserError({
    message: `${message}it was trained with ${tokenizer}`,
    hint: "use the tokenizer that the weights were trained with",
  });
}
