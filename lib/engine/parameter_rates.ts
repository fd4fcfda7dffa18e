/**
 * Which parameters learn, and how fast: frozen ones, and rates that fall from the head downwards.
 *
 * @module
 */
import { UserError } from "../core/errors.ts";
import type { ParameterSpec } from "../nn/parameters.ts";
import type { Trainable } from "./adamw.ts";

/** Choices about the rates of single parameters. */
export interface RateOptions {
  /** Names of parameters that stay as they start; `*` stands for any characters. */
  readonly frozen: readonly string[];
  /**
   * The rate of a layer as a share of that of the one above, the head at the full rate and the
   * embeddings below all layers (Howard & Ruder 2018, §3.2); 1 for one rate.
   */
  readonly layerDecay: number;
}

/**
 * Gives every parameter its share of the learning rate: 0 for those that the model or a pattern
 * freezes.
 *
 * @param parameters all of a model, named as in the published checkpoints
 * @throws {UserError} for each pattern that no name fits, and when nothing is left to learn
 */
export function withRates(
  parameters: readonly Omit<ParameterSpec, "init">[],
  { frozen, layerDecay }: RateOptions,
): Trainable[] {
  const isFrozen = frozenBy(frozen);
  const idle = frozen.filter((pattern) => {
    const fits = frozenBy([pattern]);
    return !parameters.some(({ name }) => fits(name));
  });
  if (idle.length > 0) {
    throw new UserError(idle.map((pattern) => ({
      message: `Cannot freeze "${pattern}": no parameter has such a name`,
      hint: `names are like "${parameters[0].name}"; * stands for any characters`,
    })));
  }
  const layers = 1 + Math.max(-1, ...parameters.map(({ name }) => layerOf(name) ?? -1));
  const rated = parameters.map((parameter) => ({
    ...parameter,
    rateShare: parameter.frozen || isFrozen(parameter.name)
      ? 0
      : layerDecay ** (layers - (layerOf(parameter.name) ?? layers)),
  }));
  if (rated.some(({ rateShare }) => rateShare > 0)) return rated;
  throw new UserError("Cannot train as every parameter is frozen");
}

/** Whether a parameter's name fits one of some patterns, in which `*` stands for any characters. */
export function frozenBy(patterns: readonly string[]): (name: string) => boolean {
  const expressions = patterns.map(globExpression);
  return (name) => expressions.some((expression) => expression.test(name));
}

/** From 0; −1 for embeddings, undefined for a head. */
function layerOf(name: string): number | undefined {
  if (/(^|\.)embeddings\./.test(name)) return -1;
  const layer = /\.layer\.(\d+)\./.exec(name)?.[1];
  return layer === undefined ? undefined : Number(layer);
}

function globExpression(pattern: string): RegExp {
  return new RegExp(`^${pattern.split("*").map((part) => RegExp.escape(part)).join(".*")}$`);
}
