/**
 * The files of a published model, and the digest of what they hold.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { readSmallJson } from "../core/small_file.ts";
import { messageOf, type Problem, UserError } from "../core/errors.ts";
import { isFile } from "../core/file_kinds.ts";
import { sha256File, sha256Json } from "../core/sha256.ts";
import { SafetensorsFile } from "./safetensors_file.ts";

/** The weights in one file. */
export const wholeFile = "model.safetensors";

/** Which shard has which tensor, where weights lie in several files. */
export const indexFile = `${wholeFile}.index.json`;

/** Each is a file that is open while a model is read. */
const mostShards = 500;

/** What crosstie does not read. */
export const pickledFiles = ["pytorch_model.bin", "pytorch_model.bin.index.json"];

/** The open weights of a model. */
export interface OpenWeights extends Disposable {
  /** The file of every tensor. */
  readonly files: ReadonlyMap<string, SafetensorsFile>;
}

/**
 * Opens the weights of a model: a safetensors file, or the `model.safetensors` of a folder, or the
 * shards that its index names.
 *
 * @throws {UserError} when there are none, they are pickled, or shards and index do not agree
 */
export async function openWeights(where: string): Promise<OpenWeights> {
  const isOneFile = await isFile(where);
  const folder = isOneFile ? dirname(where) : where;
  const whole = isOneFile ? where : join(folder, wholeFile), index = join(folder, indexFile);
  const stack = new DisposableStack();
  const files = new Map<string, SafetensorsFile>();
  const open = async (path: string) => stack.use(await SafetensorsFile.open(path));
  try {
    if (await isFile(whole)) {
      const file = await open(whole);
      for (const name of file.names) files.set(name, file);
    } else if (await isFile(index)) {
      const shards = await readIndex(folder, index);
      for (const [shard, names] of shards) {
        const file = await open(join(folder, shard));
        for (const name of names) {
          if (!file.shapeOf(name)) {
            throw new UserError(
              `Cannot load ${folder} as tensor "${name}" is not in ${shard}, where ` +
                `${basename(index)} has it`,
            );
          }
          files.set(name, file);
        }
      }
    } else throw await noWeights(folder);
  } catch (error) {
    stack.dispose();
    throw error;
  }
  return { files, [Symbol.dispose]: () => stack.dispose() };
}

/**
 * SHA-256 of what a model says: the contents of its config.json and of its weights. Files are read
 * again only when their size or time has changed.
 *
 * @throws {UserError} when there is no model, or its weights are pickled, truncated or not all
 *   there
 */
export async function modelDigest(folder: string): Promise<string> {
  (await openWeights(folder))[Symbol.dispose]();
  const weights = await isFile(join(folder, wholeFile))
    ? [wholeFile]
    : [indexFile, ...(await readIndex(folder, join(folder, indexFile))).keys()];
  const digests: Record<string, string> = {};
  for (const name of ["config.json", ...weights]) {
    digests[name] = await fileDigest(join(folder, name));
  }
  return sha256Json(digests);
}

const known = new Map<string, { stamp: string; digest: string }>();

async function fileDigest(path: string): Promise<string> {
  const { size, mtime, ino } = await Deno.stat(path);
  const stamp = `${size} ${mtime?.getTime()} ${ino}`;
  const before = known.get(path);
  if (before?.stamp === stamp) return before.digest;
  const { digest } = await sha256File(path);
  known.set(path, { stamp, digest });
  return digest;
}

/**
 * The tensors of each shard that an index names.
 *
 * @param path of a `model.safetensors.index.json`
 * @throws {UserError} when it is none
 */
export async function shardsOf(path: string): Promise<Map<string, string[]>> {
  const { weight_map: map } = Object(await readJson(path)) as { weight_map?: unknown };
  const entries = Object.entries(Object(map)) as [string, unknown][];
  if (entries.length === 0) {
    throw new UserError(
      `Cannot use ${path} as its "weight_map" must name the shard of each tensor`,
    );
  }
  const shards = new Map<string, string[]>();
  for (const [name, shard] of entries) {
    if (typeof shard !== "string" || !isPlainName(shard)) {
      throw new UserError(
        `Cannot use ${path} as the shard of "${name}" must be a file beside it: got ` +
          JSON.stringify(shard),
      );
    }
    const names = shards.get(shard) ?? [];
    names.push(name);
    shards.set(shard, names);
  }
  if (shards.size > mostShards) {
    throw new UserError(
      `Cannot use ${path} as it names ${shards.size} shards, more than ${mostShards}`,
    );
  }
  return shards;
}

/** Whether a name is of a file beside another. */
function isPlainName(name: string): boolean {
  return basename(name) === name && !name.includes("\0") && !/^\.{0,2}$/.test(name);
}

async function readIndex(folder: string, path: string): Promise<Map<string, string[]>> {
  const shards = await shardsOf(path);
  const problems: Problem[] = [];
  for (const [shard, names] of shards) {
    if (await isFile(join(folder, shard))) continue;
    problems.push({
      message: `Cannot load ${folder} as shard ${shard} is missing, with ${names.length} tensors`,
      hint: "fetch the model again, with all its files",
    });
  }
  if (problems.length > 0) throw new UserError(problems);
  return shards;
}

async function noWeights(folder: string): Promise<UserError> {
  for (const file of pickledFiles) {
    if (!await isFile(join(folder, file))) continue;
    return new UserError({
      message: `Cannot load ${join(folder, file)}: pickled weights can run code when they are read`,
      hint: "convert it once in Python: from transformers import AutoModelForMaskedLM as M; " +
        `M.from_pretrained(${JSON.stringify(folder)}).save_pretrained(${JSON.stringify(folder)})`,
    });
  }
  return new UserError({
    message: `Cannot load ${folder} as it has no model.safetensors`,
    hint: "name a folder with config.json and model.safetensors (or its shards and their index)",
  });
}

/**
 * Reads a JSON file.
 *
 * @throws {UserError} when it cannot be read or is no JSON
 */
export async function readJson(path: string): Promise<unknown> {
  try {
    return await readSmallJson(path);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    if (cause instanceof Deno.errors.NotFound) {
      throw new UserError({
        message: `Cannot find ${basename(path)} in ${dirname(path)}`,
        hint: "fetch the model again, with all its files",
      }, { cause });
    }
    throw new UserError(`Cannot read ${path}: ${messageOf(cause)}`, { cause });
  }
}
