/**
 * A task adapter that was trained on one language adapter → the same on another language's.
 *
 * @module
 */
import { z } from "zod";
import { UserError } from "../../lib/core/errors.ts";
import { forPeople } from "../../lib/core/words.ts";
import { type AdaptedModel, readAdapted } from "../../lib/experiment/adapted_model.ts";
import { modelFiles } from "../../lib/experiment/model_files.ts";
import {
  adapterParameters,
  type NamedAdapter,
  renamed,
} from "../../lib/models/adapters/bottleneck.ts";
import { encoderParameters } from "../../lib/models/encoder/parameters.ts";
import { defineStage, type InputInstance } from "../../lib/plan/stage.ts";
import { writeSafetensors } from "../../lib/weights/safetensors.ts";

/** Pfeiffer et al. 2020, "MAD-X": what is written is used as any model, as by encoder.predict. */
export const switchLanguage = defineStage({
  kind: "adapter.switch",
  about: forPeople("puts a task adapter on the language adapter of another language"),
  params: z.strictObject({}),
  inputs: {
    model: {
      about: "a model of adapter.train that was stacked on a language adapter",
      takes: "one",
      files: [
        "model.safetensors",
        "config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "eval_model.onnx",
      ],
    },
    language: {
      about: "a model of adapter.mlm, on the same encoder and of the same shape",
      takes: "one",
      files: ["model.safetensors", "config.json"],
    },
  },
  outputs: modelFiles,
  async run({ inputs, output, log }) {
    const [model] = inputs.model, [language] = inputs.language;
    const task = await readAdapted(model), other = await readAdapted(language);
    const below = languageOf(task, model), instead = learntBy(other, language);
    checkEncoder(model, task, language, other);
    if (JSON.stringify(below.adapter) !== JSON.stringify(instead.adapter)) {
      throw new UserError({
        message: `Cannot put the adapter of ${language.instance} in the place of "${below.name}" ` +
          `of ${model.instance} as their shapes differ: ${JSON.stringify(instead.adapter)} and ` +
          JSON.stringify(below.adapter),
        hint: "train both language adapters with the same params",
      });
    }
    for (const [name, tensor] of renamed(task.config, instead, other.weights, below.name)) {
      task.weights.set(name, tensor);
    }
    writeSafetensors(output("model.safetensors"), task.weights);
    for (
      const name of [
        "config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "eval_model.onnx",
      ] as const
    ) await Deno.copyFile(model.files[name], output(name));
    log(`"${instead.name}" in the place of "${below.name}"`);
  },
});

/** The adapter below the task's. */
function languageOf({ adapted }: AdaptedModel, { instance }: InputInstance): NamedAdapter {
  if ("stack" in adapted && adapted.stack.length === 2) return adapted.stack[0];
  throw new UserError({
    message: `Cannot switch the language of ${instance}: it is stacked on no language adapter`,
    hint: "give adapter.train a model of adapter.mlm as input start, or a languageAdapter",
  });
}

function learntBy({ adapted }: AdaptedModel, { instance }: InputInstance): NamedAdapter {
  if ("stack" in adapted && adapted.stack.length === 1) return adapted.stack[0];
  throw new UserError({
    message: `Cannot take a language adapter of ${instance}: it is a stack or a LoRA`,
    hint: "take a model of adapter.mlm",
  });
}

/** @throws {UserError} when two adapters were not trained on the same weights */
function checkEncoder(
  model: InputInstance,
  task: AdaptedModel,
  language: InputInstance,
  other: AdaptedModel,
): void {
  for (const { name } of encoderParameters(task.config)) {
    const [a, b] = [task.weights.get(name), other.weights.get(name)];
    if (a && b && a.dims.join() === b.dims.join() && a.data.every((x, i) => x === b.data[i])) {
      continue;
    }
    throw new UserError({
      message:
        `Cannot put the adapter of ${language.instance} into ${model.instance} as they are ` +
        `of different encoders: "${name}" differs`,
      hint: "train both from the same encoder",
    });
  }
  for (const { name } of adapterParameters(other.config, learntBy(other, language))) {
    if (!other.weights.has(name)) {
      throw new UserError(`Cannot find "${name}" in ${language.instance}`);
    }
  }
}
