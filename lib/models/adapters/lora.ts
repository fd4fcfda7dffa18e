/**
 * LoRA around an encoder: low-rank changes of the weights of some of its linear layers.
 *
 * @module
 */
import { UserError } from "../../core/errors.ts";
import { changedWeight, loraNames, loraParameters } from "../../nn/lora.ts";
import type { ParameterSpec } from "../../nn/parameters.ts";
import type { EncoderConfig } from "../encoder/config.ts";
import { familyOf, layerNames } from "../encoder/families.ts";
import type { Around } from "../encoder/graph.ts";
import { encoderParameters } from "../encoder/parameters.ts";

/** The shape of a LoRA, whatever the encoder. */
export interface LoraAdapter {
  /** r. */
  readonly rank: number;
  readonly alpha: number;
  /** Whether the factor is alpha / √r (Kalajdzievski 2023) in place of alpha / r. */
  readonly stabilised: boolean;
  /** The linear layers that change, by the ends of their names: `query`, `attention.output.dense`. */
  readonly targets: readonly string[];
}

/** A linear layer of an encoder: its module, and its weight's shape [to, from]. */
interface LinearModule {
  readonly name: string;
  readonly to: number;
  readonly from: number;
}

/** The linear layers of an encoder that a LoRA changes, from the input to the output. */
export function loraModules(
  config: EncoderConfig,
  { targets }: Pick<LoraAdapter, "targets">,
): LinearModule[] {
  const all = Array.from({ length: config.num_hidden_layers }, (_, i) => linear(config, i)).flat();
  const isNamed = (name: string, target: string) => name === target || name.endsWith(`.${target}`);
  for (const target of targets) {
    if (all.some(({ name }) => isNamed(name, target))) continue;
    const { prefix, layers } = familyOf(config);
    const known = linear(config, 0).map(({ name }) => name.slice(`${prefix}.${layers}.0.`.length));
    throw new UserError({
      message: `Cannot change the module "${target}" by LoRA: the encoder has no linear layer of ` +
        "that name",
      hint: `choose of ${known.join(", ")}`,
    });
  }
  return all.filter(({ name }) => targets.some((target) => isNamed(name, target)));
}

function linear(config: EncoderConfig, layer: number): LinearModule[] {
  const { hidden_size: width, intermediate_size: inner } = config;
  const names = layerNames(config, layer);
  return [
    ...[names.query, names.key, names.value, names.attentionOutput].map((name) => ({
      name,
      to: width,
      from: width,
    })),
    { name: names.expand, to: inner, from: width },
    { name: names.contract, to: width, from: inner },
  ];
}

/** The parameters of a LoRA on an encoder. */
export function loraParametersOf(config: EncoderConfig, lora: LoraAdapter): ParameterSpec[] {
  return loraModules(config, lora).flatMap(({ name, to, from }) =>
    loraParameters(name, to, from, lora.rank)
  );
}

/** What B A is multiplied by. */
export function loraFactor({ rank, alpha, stabilised }: LoraAdapter): number {
  return alpha / (stabilised ? Math.sqrt(rank) : rank);
}

/**
 * An encoder whose weights a LoRA changes. Of the encoder nothing learns; its head does.
 *
 * NOTE: The change is made to the weight, so that there is no dropout of its input as PEFT has it.
 */
export function lowRank(config: EncoderConfig, lora: LoraAdapter): Around {
  const encoder = new Set(encoderParameters(config).map(({ name }) => name));
  const changed = new Set(loraModules(config, lora).map(({ name }) => `${name}.weight`));
  const factor = loraFactor(lora);
  return {
    parameters: loraParametersOf(config, lora),
    isFrozen: (name) => encoder.has(name),
    context: (context) => ({
      ...context,
      parameter(name) {
        const weight = context.parameter(name);
        if (!changed.has(name)) return weight;
        const { a, b } = loraNames(name.slice(0, -".weight".length));
        return changedWeight(weight, context.parameter(a), context.parameter(b), factor);
      },
    }),
  };
}
