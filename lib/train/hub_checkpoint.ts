/**
 * Loads a checkpoint folder as the hub has it: config.json and model.safetensors, whole or sharded.
 *
 * @module
 */
import { basename, join } from "node:path";
import { messageOf, type Problem, UserError } from "../core/errors.ts";
import { type EncoderConfig, parseEncoderConfig } from "../nn/config.ts";
import { encoderParameters, initialise, type ParameterSpec } from "../nn/parameters.ts";
import { isOfAnotherHead, publishedNames } from "./hub_names.ts";
import type { NamedTensor } from "./safetensors.ts";
import { SafetensorsFile } from "./safetensors_file.ts";

/** A checkpoint's config.json. */
export interface HubConfig {
  readonly config: EncoderConfig;
  /** All fields, as they stand in the file. */
  readonly published: Readonly<Record<string, unknown>>;
}

/** How to load weights. */
export interface HubWeightsOptions {
  /**
   * The seed of head parameters that the checkpoint lacks or has in another shape, where a fresh
   * head is wanted; such parameters are problems if it is left out.
   */
  readonly freshHead?: { readonly seed: number };
}

/** The weights of a checkpoint. */
export interface HubWeights {
  /** Every parameter of the model, float32, in the model's order. */
  readonly weights: Map<string, NamedTensor>;
  /** Parameters of the head that started anew. */
  readonly fresh: readonly string[];
  /** Tensors of other heads, left aside. */
  readonly unused: readonly string[];
}

/**
 * Reads the config.json of a checkpoint.
 *
 * @throws {UserError} when there is none, it is no JSON, or its encoder is not one that crosstie has
 */
export async function readHubConfig(folder: string): Promise<HubConfig> {
  const path = join(folder, "config.json");
  const published = await readJson(path);
  return { config: parseEncoderConfig(published, path), published: { ...Object(published) } };
}

/**
 * Reads the weights of a model from a checkpoint; F16 and BF16 become float32.
 *
 * @param parameters those of the model, its head included
 * @throws {UserError} that names every missing, unexpected and mis-shaped tensor, or what is wrong
 * with the files
 */
export async function readHubWeights(
  folder: string,
  config: EncoderConfig,
  parameters: readonly ParameterSpec[],
  options: HubWeightsOptions = {},
): Promise<HubWeights> {
  using checkpoint = await openCheckpoint(folder);
  const names = publishedNames(config, [...checkpoint.files.keys()]);
  const shapeOf = (name: string) => {
    const tensor = names.get(name);
    return tensor === undefined ? undefined : checkpoint.files.get(tensor)!.shapeOf(tensor);
  };
  const encoder = new Set(encoderParameters(config).map(({ name }) => name));
  const fresh: ParameterSpec[] = [];
  const problems: Problem[] = [];
  for (const spec of parameters) {
    const shape = shapeOf(spec.name);
    if (shape?.join() === spec.shape.join()) continue;
    if (options.freshHead && !encoder.has(spec.name)) fresh.push(spec);
    else {
      const why = shape
        ? `is [${shape}] there, and [${spec.shape}] in the model`
        : `is missing (the model has it as [${spec.shape}])`;
      problems.push({ message: `Cannot load ${folder} as tensor "${spec.name}" ${why}` });
    }
  }
  const known = new Set(parameters.map(({ name }) => name));
  const others = [...names].filter(([name]) => !known.has(name));
  for (const [name, tensor] of others) {
    if (isOfAnotherHead(name)) continue;
    problems.push({
      message: `Cannot load ${folder} as tensor "${tensor}" is unexpected: the model has no such`,
    });
  }
  if (problems.length > 0) {
    const hint = "config.json and the weights must be of one model, and of the head that is wanted";
    throw new UserError([...problems.slice(0, -1), { ...problems.at(-1)!, hint }]);
  }

  const started = initialise(fresh, options.freshHead?.seed ?? 0);
  const weights = new Map<string, NamedTensor>();
  for (const { name, shape } of parameters) {
    const values = started.get(name);
    const tensor = names.get(name)!;
    weights.set(
      name,
      values ? { shape, data: values } : await checkpoint.files.get(tensor)!.read(tensor),
    );
  }
  return {
    weights,
    fresh: fresh.map(({ name }) => name),
    unused: others.map(([, tensor]) => tensor),
  };
}

interface OpenCheckpoint extends Disposable {
  /** The file of every tensor. */
  readonly files: ReadonlyMap<string, SafetensorsFile>;
}

async function openCheckpoint(folder: string): Promise<OpenCheckpoint> {
  const whole = join(folder, "model.safetensors");
  const index = join(folder, "model.safetensors.index.json");
  const stack = new DisposableStack();
  const files = new Map<string, SafetensorsFile>();
  const open = async (path: string) => stack.use(await SafetensorsFile.open(path));
  try {
    if (await exists(whole)) {
      const file = await open(whole);
      for (const name of file.names) files.set(name, file);
    } else if (await exists(index)) {
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

/** The tensors of each shard. */
async function readIndex(folder: string, path: string): Promise<Map<string, string[]>> {
  const { weight_map: map } = Object(await readJson(path)) as { weight_map?: unknown };
  const entries = Object.entries(Object(map)) as [string, unknown][];
  if (entries.length === 0) {
    throw new UserError(
      `Cannot use ${path} as its "weight_map" must name the shard of each tensor`,
    );
  }
  const shards = new Map<string, string[]>();
  for (const [name, shard] of entries) {
    if (typeof shard !== "string" || basename(shard) !== shard) {
      throw new UserError(
        `Cannot use ${path} as the shard of "${name}" must be a file beside it: got ` +
          JSON.stringify(shard),
      );
    }
    shards.set(shard, [...shards.get(shard) ?? [], name]);
  }
  const problems: Problem[] = [];
  for (const [shard, names] of shards) {
    if (await exists(join(folder, shard))) continue;
    problems.push({
      message: `Cannot load ${folder} as shard ${shard} is missing, with ${names.length} tensors`,
      hint: "fetch the checkpoint again, with all its files",
    });
  }
  if (problems.length > 0) throw new UserError(problems);
  return shards;
}

async function noWeights(folder: string): Promise<UserError> {
  const pickled = ["pytorch_model.bin", "pytorch_model.bin.index.json"];
  for (const file of pickled) {
    if (!await exists(join(folder, file))) continue;
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

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (cause) {
    throw new UserError(`Cannot read ${path}: ${messageOf(cause)}`, { cause });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
