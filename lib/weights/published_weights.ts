/**
 * Loads weights as they are published: safetensors, whole or sharded, beside a config.json.
 *
 * @module
 */
import { join } from "node:path";
import { type Problem, UserError } from "../core/errors.ts";
import { type EncoderConfig, parseEncoderConfig } from "../models/encoder/config.ts";
import { encoderParameters } from "../models/encoder/parameters.ts";
import { initialise, type ParameterSpec } from "../nn/parameters.ts";
import { type OpenWeights, openWeights, readJson } from "./published_files.ts";
import { isOfAnotherHead, publishedNames } from "./published_names.ts";
import { type FloatTensor, floatTensor } from "../onnx/dtype.ts";

/** The config.json of a published model. */
export interface ReadConfig {
  readonly config: EncoderConfig;
  /** All fields, as they stand in the file. */
  readonly published: Readonly<Record<string, unknown>>;
}

/** How to load weights. */
export interface ReadWeightsOptions {
  /**
   * The seed of head parameters that the files lack or have in another shape, or of all of them,
   * where a fresh head is wanted; such parameters are problems if it is left out.
   */
  readonly freshHead?: { readonly seed: number; readonly all?: boolean };
}

/** The weights of a published model. */
export interface ReadWeights {
  /** Every parameter of the model, float32, in the model's order. */
  readonly weights: Map<string, FloatTensor>;
  /** Parameters of the head that started anew. */
  readonly fresh: readonly string[];
  /** Tensors of other heads, left aside. */
  readonly unused: readonly string[];
}

/**
 * Reads the config.json of a model.
 *
 * @throws {UserError} when there is none, it is no JSON, or its encoder is not one that crosstie has
 */
export async function readConfig(folder: string): Promise<ReadConfig> {
  const path = join(folder, "config.json");
  const published = await readJson(path);
  return { config: parseEncoderConfig(published, path), published: { ...Object(published) } };
}

/**
 * Reads the weights of a model; F16 and BF16 become float32.
 *
 * @param where a folder, or the path of a safetensors file
 * @param parameters those of the model, its head included
 * @throws {UserError} that names every missing, unexpected and mis-shaped tensor, or what is wrong
 * with the files
 */
export async function readWeights(
  where: string,
  config: EncoderConfig,
  parameters: readonly ParameterSpec[],
  options: ReadWeightsOptions = {},
): Promise<ReadWeights> {
  using open = await openWeights(where);
  const { names, fresh, others } = match(where, open, config, parameters, options);
  const started = initialise(fresh, options.freshHead?.seed ?? 0);
  const weights = new Map<string, FloatTensor>();
  for (const { name, shape } of parameters) {
    const values = started.get(name);
    const tensor = names.get(name)!;
    const read = values ? floatTensor(shape, values) : await open.files.get(tensor)!.read(tensor);
    if (!isFinite(read.data as Float32Array)) {
      throw new UserError({
        message: `Cannot load ${where} as tensor "${tensor}" has values that are no numbers`,
        hint: "the training that made it has failed, or the file is damaged: take another",
      });
    }
    weights.set(name, read);
  }
  return { weights, fresh: fresh.map(({ name }) => name), unused: others };
}

/** Whether there is no NaN and no infinity among values: only these times 0 are not 0. */
function isFinite(values: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * 0;
  return sum === 0;
}

/**
 * Checks that weights are those of an encoder, whatever head they have; no tensor is read.
 *
 * @param where a folder, or the path of a safetensors file
 * @throws {UserError} as {@linkcode readWeights} does
 */
export async function checkWeights(where: string, config: EncoderConfig): Promise<void> {
  using open = await openWeights(where);
  match(where, open, config, encoderParameters(config), {});
}

/** Which tensor is which parameter, which parameters start anew, and which tensors nobody takes. */
function match(
  where: string,
  open: OpenWeights,
  config: EncoderConfig,
  parameters: readonly ParameterSpec[],
  options: ReadWeightsOptions,
) {
  const names = publishedNames(config, [...open.files.keys()]);
  const shapeOf = (name: string) => {
    const tensor = names.get(name);
    return tensor === undefined ? undefined : open.files.get(tensor)!.shapeOf(tensor);
  };
  const encoder = new Set(encoderParameters(config).map(({ name }) => name));
  const fresh: ParameterSpec[] = [];
  const problems: Problem[] = [];
  for (const spec of parameters) {
    const shape = shapeOf(spec.name);
    const isOfHead = !encoder.has(spec.name);
    if (shape?.join() === spec.shape.join() && !(isOfHead && options.freshHead?.all)) continue;
    if (options.freshHead && isOfHead) fresh.push(spec);
    else {
      const why = shape
        ? `is [${shape}] there, and [${spec.shape}] in the model`
        : `is missing (the model has it as [${spec.shape}])`;
      problems.push({ message: `Cannot load ${where} as tensor "${spec.name}" ${why}` });
    }
  }
  const known = new Set(parameters.map(({ name }) => name));
  const others = [...names].filter(([name]) => !known.has(name));
  for (const [name, tensor] of others) {
    if (isOfAnotherHead(name)) continue;
    problems.push({
      message: `Cannot load ${where} as tensor "${tensor}" is unexpected: the model has no such`,
    });
  }
  if (problems.length > 0) {
    const hint = "config.json and the weights must be of one model, and of the head that is wanted";
    throw new UserError([...problems.slice(0, -1), { ...problems.at(-1)!, hint }]);
  }

  return { names, fresh, others: others.map(([, tensor]) => tensor) };
}
