/**
 * Heads in AdapterHub's layout: classifiers of pieces that are kept beside an adapter.
 *
 * @module
 */
import { join } from "node:path";
import { z } from "zod";
import { type Problem, UserError } from "../core/errors.ts";
import type { EncoderConfig } from "../models/encoder/config.ts";
import { tokenHead } from "../models/encoder/heads/token.ts";
import type { FloatTensor } from "../onnx/dtype.ts";
import { backboneProblems, checked, problem } from "./adapter_config.ts";
import { describedModel, formatJson } from "./adapter_config_text.ts";
import { fitting, readTensors } from "./adapter_files.ts";
import { readJson } from "./published_files.ts";
import { writeSafetensors } from "./safetensors.ts";

const configFile = "head_config.json";
const weightFiles = { safetensors: "model_head.safetensors", pickle: "pytorch_model_head.bin" };

/** A classifier of pieces. */
export interface TaggingHead {
  readonly name: string;
  /** What its answers are called, in their order. */
  readonly labels: readonly string[];
  /** By the names of `tokenHead`. */
  readonly weights: Map<string, FloatTensor>;
}

const schema = z.looseObject({
  name: z.string().min(1),
  hidden_size: z.int().positive(),
  model_type: z.string(),
  config: z.looseObject({
    head_type: z.string(),
    num_labels: z.int().positive(),
    layers: z.int().positive(),
    label2id: z.record(z.string(), z.int().nonnegative()).nullish(),
  }),
});

/**
 * Reads the head beside an adapter.
 *
 * @throws {UserError} when there is none, it is of another encoder, or no classifier of pieces of one
 * layer whose labels are named
 */
export async function readTaggingHead(
  folder: string,
  config: EncoderConfig,
): Promise<TaggingHead> {
  const path = join(folder, configFile);
  const full = checked(schema, await readJson(path), path);
  const { head_type, layers, num_labels, label2id } = full.config;
  const problems: Problem[] = backboneProblems(full, path, config);
  if (head_type !== "tagging") {
    problems.push(problem(path, "head_type", 'must be "tagging"', head_type));
  }
  if (layers !== 1) problems.push(problem(path, "layers", "must be 1", layers));
  const named = Object.entries(label2id ?? {}).sort(([, a], [, b]) => a - b);
  const labels = named.map(([label]) => label);
  const isWhole = labels.length === num_labels && named.every(([, id], i) => id === i);
  if (!isWhole) {
    problems.push(problem(path, "label2id", `must name labels 0 … ${num_labels - 1}`, label2id));
  }
  if (problems.length > 0) throw new UserError(problems);
  const { where, tensors } = await readTensors(folder, weightFiles);
  const { parameters } = tokenHead(config, num_labels);
  const renamed = new Map([...tensors].map(([name, tensor]) => [
    name.startsWith(`heads.${full.name}.1.`)
      ? `classifier.${name.slice(`heads.${full.name}.1.`.length)}`
      : name,
    tensor,
  ]));
  return { name: full.name, labels, weights: fitting(where, renamed, parameters) };
}

/**
 * Writes a head beside an adapter, as adapters 1.3 loads it.
 *
 * @throws {UserError} when a tensor is missing or of another shape
 */
export async function writeTaggingHead(
  folder: string,
  config: EncoderConfig,
  { name, labels, weights }: TaggingHead,
): Promise<void> {
  const checkedWeights = fitting(
    `the head "${name}"`,
    weights,
    tokenHead(config, labels.length).parameters,
  );
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(
    join(folder, configFile),
    formatJson({
      config: {
        activation_function: "tanh",
        dropout_prob: null,
        head_type: "tagging",
        label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
        layers: 1,
        num_labels: labels.length,
      },
      ...describedModel(config, name),
    }),
  );
  writeSafetensors(
    join(folder, weightFiles.safetensors),
    new Map([...checkedWeights].map(([parameter, tensor]) => [
      parameter.replace(/^classifier\./, `heads.${name}.1.`),
      tensor,
    ])),
  );
}
