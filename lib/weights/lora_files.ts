/**
 * LoRA in PEFT's layout, with the classifier that was trained beside it.
 *
 * @module
 */
import { join } from "node:path";
import { z } from "zod";
import { type Problem, UserError } from "../core/errors.ts";
import { type LoraAdapter, loraModules, loraParametersOf } from "../models/adapters/lora.ts";
import type { EncoderConfig } from "../models/encoder/config.ts";
import { isLoraName } from "../nn/lora.ts";
import type { ParameterSpec } from "../nn/parameters.ts";
import type { FloatTensor } from "../onnx/dtype.ts";
import { checked, problem } from "./adapter_config.ts";
import { formatJson } from "./adapter_config_text.ts";
import { adapterDigest, fitting, readTensors } from "./adapter_files.ts";
import { readJson } from "./published_files.ts";
import { writeSafetensors } from "./safetensors.ts";

const configFile = "adapter_config.json";
const weightFiles = { safetensors: "adapter_model.safetensors", pickle: "adapter_model.bin" };
/** What stands before every name: the model inside PEFT's. */
const prefix = "base_model.model.";

/** A LoRA with its weights. */
export interface ReadLora {
  readonly lora: LoraAdapter;
  /** By the names of `loraParametersOf` and of the head. */
  readonly weights: Map<string, FloatTensor>;
}

const schema = z.looseObject({
  r: z.int().positive(),
  lora_alpha: z.number().positive().default(8),
  use_rslora: z.boolean().default(false),
  target_modules: z.union([z.string(), z.array(z.string()).min(1)]),
});

/** Fields that must be left out, null, false or empty, as they would change what is computed. */
const mustBeOff = [
  ...[
    "use_dora",
    "fan_in_fan_out",
    "lora_bias",
    "use_qalora",
    "use_bdlora",
    "alora_invocation_tokens",
  ],
  ...[
    "rank_pattern",
    "alpha_pattern",
    "layers_to_transform",
    "layers_pattern",
    "layer_replication",
  ],
  ...["exclude_modules", "target_parameters", "trainable_token_indices", "arrow_config"],
  ...["kasa_config", "monteclora_config", "velora_config", "loftq_config", "megatron_config"],
];
/** Fields that change how training starts, or nothing. */
const unread = [
  ...["peft_type", "auto_mapping", "base_model_name_or_path", "inference_mode", "lora_dropout"],
  ...["megatron_core", "modules_to_save", "peft_version", "qalora_group_size", "revision"],
  ...["task_type", "ensure_weight_tying", "eva_config", "corda_config", "lora_ga_config"],
  ...["runtime_config", "bias", "init_lora_weights"],
];
/** Ways to start that leave the weights of the model as they are. */
const harmlessStarts: readonly unknown[] = [
  true,
  false,
  "gaussian",
  "eva",
  "orthogonal",
  undefined,
];

/**
 * Reads a LoRA for an encoder.
 *
 * @param head the parameters of the head that is kept beside it, none for an encoder alone; left out,
 *   whatever head is there is left aside
 * @throws {UserError} when it is something else than a plain LoRA, of another encoder, or a file holds
 * anything but its tensors
 */
export async function readLora(
  folder: string,
  config: EncoderConfig,
  head?: readonly ParameterSpec[],
): Promise<ReadLora> {
  const path = join(folder, configFile);
  const lora = parseLoraConfig(await readJson(path), path, config);
  const { where, tensors } = await readTensors(folder, weightFiles);
  const named = new Map([...tensors].map(([name, tensor]) => [
    name.startsWith(prefix) ? name.slice(prefix.length) : name,
    tensor,
  ]));
  const own = head ? named : new Map([...named].filter(([name]) => isLoraName(name)));
  const specs = [...loraParametersOf(config, lora), ...head ?? []];
  return { lora, weights: fitting(where, own, specs) };
}

/**
 * SHA-256 of what a LoRA says: the contents of its config and of its weights.
 *
 * @throws {UserError} when there is none
 */
export async function loraDigest(folder: string): Promise<string> {
  return await adapterDigest(folder, weightFiles);
}

function parseLoraConfig(json: unknown, path: string, config: EncoderConfig): LoraAdapter {
  const given = Object(json) as Record<string, unknown>;
  if (given.peft_type !== "LORA") {
    throw new UserError(problem(path, "peft_type", 'must be "LORA"', given.peft_type));
  }
  const problems: Problem[] = [];
  const isOff = (value: unknown) =>
    !value || (typeof value === "object" && Object.keys(value).length === 0);
  for (const field of mustBeOff) {
    if (isOff(given[field])) continue;
    problems.push(problem(path, field, "must be off", given[field]));
  }
  if ((given.bias ?? "none") !== "none") {
    problems.push(problem(path, "bias", 'must be "none"', given.bias));
  }
  if (!harmlessStarts.includes(given.init_lora_weights ?? undefined)) {
    const must = "must leave the encoder's weights as they are";
    problems.push(problem(path, "init_lora_weights", must, given.init_lora_weights));
  }
  const known = new Set([...mustBeOff, ...unread, ...Object.keys(schema.shape)]);
  for (const [field, value] of Object.entries(given)) {
    if (known.has(field) || isOff(value)) continue;
    problems.push(problem(path, field, "is not known: it must be left out", value));
  }
  const fields = checked(schema, given, path, problems);
  const { target_modules: targets } = fields;
  if (typeof targets === "string") {
    problems.push(problem(path, "target_modules", "must be a list of modules' names", targets));
  }
  if (problems.length > 0) throw new UserError(problems);
  const lora: LoraAdapter = {
    rank: fields.r,
    alpha: fields.lora_alpha,
    stabilised: fields.use_rslora,
    targets: targets as string[],
  };
  loraModules(config, lora);
  return lora;
}

/**
 * Writes a LoRA as PEFT loads it: adapter_config.json and adapter_model.safetensors.
 *
 * @param weights by the names of `loraParametersOf` and of the head
 * @param head the parameters of the head that is kept beside it: those of a classifier of pieces, or
 * none
 * @throws {UserError} when a tensor is missing or of another shape
 */
export async function writeLora(
  folder: string,
  config: EncoderConfig,
  { lora, weights }: ReadLora,
  head: readonly ParameterSpec[],
): Promise<void> {
  const specs = [...loraParametersOf(config, lora), ...head];
  const own = new Map(specs.flatMap(({ name }) => {
    const tensor = weights.get(name);
    return tensor ? [[name, tensor] as const] : [];
  }));
  const checkedWeights = fitting("the LoRA", own, specs);
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(
    join(folder, configFile),
    formatJson({
      base_model_name_or_path: null,
      bias: "none",
      fan_in_fan_out: false,
      inference_mode: true,
      init_lora_weights: true,
      lora_alpha: lora.alpha,
      lora_dropout: 0,
      modules_to_save: head.length > 0 ? ["classifier", "score"] : null,
      peft_type: "LORA",
      r: lora.rank,
      target_modules: lora.targets,
      task_type: head.length > 0 ? "TOKEN_CLS" : null,
      use_dora: false,
      use_rslora: lora.stabilised,
    }),
  );
  writeSafetensors(
    join(folder, weightFiles.safetensors),
    new Map([...checkedWeights].map(([name, tensor]) => [prefix + name, tensor])),
  );
}
