/**
 * What a tokenizer is rebuilt from: plain data that lies in a file and crosses to a Worker.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { parseSmallJson, readSmallFile } from "../core/small_file.ts";
import { messageOf, UserError } from "../core/errors.ts";
import { LastMade } from "../core/last_made.ts";
import { sha256 } from "../core/sha256.ts";
import { ByteTokenizer } from "./byte_tokenizer.ts";
import { byteTokenizerJson, generatedMark } from "./byte_tokenizer_json.ts";
import { HubTokenizer } from "./hub_tokenizer.ts";
import type { WordTokenizer } from "./tokenizer.ts";

/** The largest tokenizer.json that is read, in bytes: one of 250,000 pieces has 17 MB. */
const mostBytes = 128 * 2 ** 20;

/** The schema of {@linkcode TokenizerSource}. */
export const tokenizerSourceSchema = z.union([
  z.literal("bytes"),
  z.strictObject({
    /** As the pipeline file names it. */
    file: z.string(),
    /** SHA-256 of both contents. */
    digest: z.string(),
    /** The content of `tokenizer.json`. */
    tokenizerJson: z.string(),
    /** The content of `tokenizer_config.json`, where there is one. */
    tokenizerConfig: z.string().optional(),
  }),
]);

/** UTF-8 bytes, or a tokenizer in the hub's format with all its content. */
export type TokenizerSource = z.output<typeof tokenizerSourceSchema>;

/**
 * Reads the tokenizer that a pipeline file names.
 *
 * @param name `bytes`, a `tokenizer.json`, or the folder of one; a `tokenizer_config.json` beside
 * it is read too. The folder of a model that was trained on bytes is `bytes`
 * @param folder what the name is relative to
 * @throws {UserError} when there is no such file
 */
export async function readTokenizerSource(
  name: string,
  folder: string,
): Promise<TokenizerSource> {
  if (name === "bytes") return "bytes";
  const path = resolve(folder, name);
  try {
    const isFolder = (await Deno.stat(path)).isDirectory;
    const tokenizerJson = await readSmallFile(
      isFolder ? `${path}/tokenizer.json` : path,
      mostBytes,
    );
    if (tokenizerJson === byteTokenizerJson) return "bytes";
    const beside = await readIfThere(
      `${isFolder ? path : dirname(path)}/tokenizer_config.json`,
    );
    return sourceOf(name, tokenizerJson, isGenerated(beside) ? undefined : beside);
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound
      ? `there is no such ${name.endsWith(".json") ? "file" : "folder with a tokenizer.json"}`
      : cause instanceof UserError
      ? cause.problems[0].message
      : messageOf(cause);
    throw new UserError({
      message: `Cannot read the tokenizer "${name}": ${why}`,
      hint: 'give "bytes", a tokenizer.json or its folder, relative to the project',
    }, { cause });
  }
}

const lastRead = new LastMade<TokenizerSource>();

/**
 * Reads the tokenizer that another stage wrote. Where its files lie is not noted: equal contents give
 * equal sources. One with the content of the last is not read again.
 *
 * @param files the paths of `tokenizer.json` and `tokenizer_config.json`; an empty object in the
 * latter says as much as no file
 * @param digests SHA-256 of what they hold, where it is known
 */
export async function readTokenizerFiles(
  files: Readonly<Record<string, string>>,
  digests?: Readonly<Record<string, string>>,
): Promise<TokenizerSource> {
  const digest = digests && `${digests["tokenizer.json"]} ${digests["tokenizer_config.json"]}`;
  return await lastRead.of(digest, () => readPublishedFiles(files));
}

async function readPublishedFiles(
  files: Readonly<Record<string, string>>,
): Promise<TokenizerSource> {
  const tokenizerJson = await readSmallFile(files["tokenizer.json"], mostBytes);
  if (tokenizerJson === byteTokenizerJson) return "bytes";
  const beside = await readSmallFile(files["tokenizer_config.json"]);
  const saysNothing = isGenerated(beside) || /^\s*\{\s*\}\s*$/.test(beside);
  return sourceOf("tokenizer.json", tokenizerJson, saysNothing ? undefined : beside);
}

/** Whether a tokenizer_config.json says nothing that its tokenizer.json does not say. */
function isGenerated(config: string | undefined): boolean {
  if (config === undefined) return false;
  try {
    return Object(JSON.parse(config)).crosstie === generatedMark.crosstie;
  } catch {
    return false; // the tokenizer is built of it, and says what is wrong
  }
}

function sourceOf(file: string, tokenizerJson: string, tokenizerConfig?: string): TokenizerSource {
  return {
    file,
    digest: sha256(JSON.stringify([tokenizerJson, tokenizerConfig ?? null])),
    tokenizerJson,
    ...tokenizerConfig === undefined ? {} : { tokenizerConfig },
  };
}

/** The paths of what {@linkcode readTokenizerSource} reads: a folder, or a file and one beside it. */
export function tokenizerPaths(name: string, folder: string): string[] {
  const path = resolve(folder, name);
  return [path, `${dirname(path)}/tokenizer_config.json`];
}

/** The text of a file; undefined where there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readSmallFile(path, mostBytes);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

let lastCreated: { readonly digest: string; readonly tokenizer: HubTokenizer } | undefined;

/**
 * Builds a tokenizer; that of the last content comes as it is, with the words that it knows.
 *
 * @throws {UserError} when its content cannot be used, with the file and what is wrong
 */
export function createTokenizer(source: TokenizerSource): WordTokenizer {
  if (source === "bytes") return new ByteTokenizer();
  const { file, digest, tokenizerJson, tokenizerConfig } = source;
  if (lastCreated?.digest === digest) return lastCreated.tokenizer;
  const tokenizer = new HubTokenizer(
    parseSmallJson(tokenizerJson, file),
    tokenizerConfig === undefined
      ? undefined
      : parseSmallJson(tokenizerConfig, `the tokenizer_config.json of ${file}`),
    file,
  );
  lastCreated = { digest, tokenizer };
  return tokenizer;
}

/** A short name for people, which tells tokenizers with different content apart. */
export function tokenizerName(source: TokenizerSource): string {
  return source === "bytes" ? source : `${source.file} (${source.digest.slice(0, 12)})`;
}

/**
 * Whether a tokenizer has the content of the one that {@linkcode tokenizerName} gave a name,
 * wherever its file lies now.
 */
export function isNamed(source: TokenizerSource, name: string): boolean {
  if (source === "bytes" || name === "bytes") return source === name;
  return name.endsWith(` (${source.digest.slice(0, 12)})`);
}

/**
 * Checks that every piece of a tokenizer has a row in an embedding.
 *
 * @param pieces V of the tokenizer
 * @param rows V of the embedding
 * @throws {UserError} with both sizes
 */
export function checkVocabulary(
  source: TokenizerSource,
  pieces: number,
  rows: number,
): void {
  if (pieces <= rows) return;
  throw new UserError({
    message: `Cannot embed the pieces of the tokenizer ${tokenizerName(source)}, as its ` +
      `vocabulary is larger than the embedding: got ${pieces} pieces and ${rows} rows`,
    hint: "use the tokenizer that the weights were trained with",
  });
}
