/**
 * Adapters in AdapterHub's layout: read as adapters 1.3 and older versions wrote them, and written as
 * it loads them.
 *
 * @module
 */
import { join } from "node:path";
import { type Problem, UserError } from "../core/errors.ts";
import { isFile } from "../core/file_kinds.ts";
import { sha256File, sha256Json } from "../core/sha256.ts";
import { adapterParameters, type NamedAdapter } from "../models/adapters/bottleneck.ts";
import type { EncoderConfig } from "../models/encoder/config.ts";
import { familyOf } from "../models/encoder/families.ts";
import type { ParameterSpec } from "../nn/parameters.ts";
import type { FloatTensor } from "../onnx/dtype.ts";
import { parseAdapterConfig } from "./adapter_config.ts";
import { formatAdapterConfig } from "./adapter_config_text.ts";
import { readJson } from "./published_files.ts";
import { writeSafetensors } from "./safetensors.ts";
import { readSafetensors } from "./safetensors_file.ts";
import { readTorchTensors } from "./torch_pickle.ts";

const configFile = "adapter_config.json";
const weightFiles = { safetensors: "adapter.safetensors", pickle: "pytorch_adapter.bin" };

/** What modules were called in older versions. */
const oldNames: readonly (readonly [old: RegExp, now: string])[] = [
  [/\.(attention|layer)_text_(task|lang)_adapters\./, ".adapters."],
  [/\.invertible_lang_adapters\./, ".invertible_adapters."],
];

/** An adapter with its weights. */
export interface ReadAdapter extends NamedAdapter {
  /** In the order of `adapterParameters`, by its names. */
  readonly weights: Map<string, FloatTensor>;
}

/**
 * Reads an adapter for an encoder.
 *
 * A task adapter of old may have an invertible part in its config and none in its weights: it has
 * none then, as in adapters 1.3.
 *
 * @throws {UserError} when it is an adapter of another encoder or another kind, a tensor is missing,
 * unexpected or of another shape, or a file holds anything but tensors
 */
export async function readAdapter(folder: string, config: EncoderConfig): Promise<ReadAdapter> {
  const path = join(folder, configFile);
  const described = await readJson(path);
  const found = parseAdapterConfig(described, path, config);
  const { where, tensors } = await readTensors(folder, weightFiles);
  const named = new Map([...tensors].map(([name, tensor]) => [
    canonicalName(name, config),
    tensor,
  ]));
  const isOldTask = Object(described).type === "text_task";
  const isCoupled = [...named.keys()].some((name) => name.includes(".invertible_adapters."));
  const { coupling, ...withoutCoupling } = found.adapter;
  const adapter = coupling && isOldTask && !isCoupled ? withoutCoupling : found.adapter;
  const read = { name: found.name, adapter };
  return { ...read, weights: fitting(where, named, adapterParameters(config, read)) };
}

/**
 * Writes an adapter as adapters 1.3 loads it with `use_safetensors=True`: adapter_config.json and
 * adapter.safetensors.
 *
 * @param weights by the names of `adapterParameters`; others are left aside
 * @throws {UserError} when a tensor is missing or of another shape
 */
export async function writeAdapter(
  folder: string,
  config: EncoderConfig,
  named: NamedAdapter,
  weights: ReadonlyMap<string, FloatTensor>,
): Promise<void> {
  const specs = adapterParameters(config, named);
  const own = new Map(specs.flatMap(({ name }) => {
    const tensor = weights.get(name);
    return tensor ? [[name, tensor] as const] : [];
  }));
  const checked = fitting(`the adapter "${named.name}"`, own, specs);
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, configFile), formatAdapterConfig(config, named));
  writeSafetensors(join(folder, weightFiles.safetensors), checked);
}

/** What the weights of an adapter or a head are called. */
interface WeightFiles {
  readonly safetensors: string;
  readonly pickle: string;
}

/** The tensors of a folder: of its safetensors file, or else of its pickle. */
export async function readTensors(
  folder: string,
  names: WeightFiles,
): Promise<{ where: string; tensors: Map<string, FloatTensor> }> {
  const where = await weightsOf(folder, names);
  const read = where.endsWith(names.safetensors) ? readSafetensors : readTorchTensors;
  return { where, tensors: await read(where) };
}

/** @throws {UserError} when a folder has neither file */
async function weightsOf(folder: string, { safetensors, pickle }: WeightFiles): Promise<string> {
  for (const name of [safetensors, pickle]) {
    const path = join(folder, name);
    if (await isFile(path)) return path;
  }
  throw new UserError({
    message: `Cannot load ${folder} as it has no ${safetensors} or ${pickle}`,
    hint: "fetch the adapter again, with all its files",
  });
}

/** A tensor's name as adapters 1.3 has it; files of models without a head lack the encoder's prefix. */
function canonicalName(name: string, config: EncoderConfig): string {
  const now = oldNames.reduce(
    (now, [old, replacement]) => now.replace(old, replacement),
    `.${name}`,
  )
    .slice(1);
  const { prefix, layers } = familyOf(config);
  const isBare = now.startsWith(`${layers}.`) || now.startsWith("invertible_adapters.");
  return isBare ? `${prefix}.${now}` : now;
}

/**
 * The tensors that are the parameters, in their order.
 *
 * @param where what they are read from, for errors
 * @throws {UserError} that names each tensor that is missing, unexpected or of another shape
 */
export function fitting(
  where: string,
  tensors: ReadonlyMap<string, FloatTensor | undefined>,
  specs: readonly ParameterSpec[],
): Map<string, FloatTensor> {
  const problems: Problem[] = [];
  const found = new Map<string, FloatTensor>();
  for (const { name, shape } of specs) {
    const tensor = tensors.get(name);
    if (tensor?.dims.join() === shape.join()) found.set(name, tensor);
    else {
      const why = tensor
        ? `is [${tensor.dims}] there, and [${shape}] on the encoder`
        : `is missing (the encoder has it as [${shape}])`;
      problems.push({ message: `Cannot load ${where} as tensor "${name}" ${why}` });
    }
  }
  const known = new Set(specs.map(({ name }) => name));
  for (const name of tensors.keys()) {
    if (known.has(name)) continue;
    problems.push({
      message: `Cannot load ${where} as tensor "${name}" is unexpected: the config has no such`,
    });
  }
  if (problems.length > 0) {
    const hint = "the adapter must be of an encoder of this width and number of layers";
    throw new UserError([...problems.slice(0, -1), { ...problems.at(-1)!, hint }]);
  }
  return found;
}

/**
 * SHA-256 of what an adapter says: the contents of its config and of its weights.
 *
 * @throws {UserError} when there is none
 */
export async function adapterDigest(
  folder: string,
  names: WeightFiles = weightFiles,
): Promise<string> {
  const path = join(folder, configFile);
  await readJson(path);
  const weights = await weightsOf(folder, names);
  return sha256Json([(await sha256File(path)).digest, (await sha256File(weights)).digest]);
}
