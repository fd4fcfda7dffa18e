/**
 * Bottleneck adapters around an encoder, stacked: Pfeiffer's, and MAD-X's with an invertible part.
 *
 * @module
 */
import { add } from "../../autodiff/elementwise.ts";
import type { Tensor } from "../../autodiff/primitive.ts";
import { UserError } from "../../core/errors.ts";
import type { Activation } from "../../nn/activation.ts";
import { bottleneck, bottleneckParameters } from "../../nn/adapter.ts";
import { coupling, couplingParameters } from "../../nn/coupling.ts";
import type { ParameterSpec } from "../../nn/parameters.ts";
import type { FloatTensor } from "../../onnx/dtype.ts";
import type { EncoderConfig } from "../encoder/config.ts";
import { type EncoderContext, normalise } from "../encoder/encoder.ts";
import { familyOf, layerNames } from "../encoder/families.ts";
import type { Around } from "../encoder/graph.ts";
import { encoderParameters } from "../encoder/parameters.ts";

/** The shape of an adapter, whatever the encoder. */
export interface BottleneckAdapter {
  readonly activation: Activation;
  /** A factor of what a bottleneck adds. */
  readonly scaling: number;
  /** Of what a bottleneck adds, in training. */
  readonly dropout: number;
  /** The encoder's width by a bottleneck's: of all layers, or by layer, others having `default`. */
  readonly reduction: number | Readonly<Record<string, number>>;
  /** Layers without a bottleneck, from 0. */
  readonly leaveOut: readonly number[];
  /** The invertible part of a language adapter; none where it is left out. */
  readonly coupling?: { readonly reduction: number };
}

/** An adapter as it is called in its files. */
export interface NamedAdapter {
  /** Without dots. */
  readonly name: string;
  readonly adapter: BottleneckAdapter;
}

/** The width of an adapter's bottleneck in a layer; undefined where the layer is left out. */
export function innerWidth(
  { hidden_size: width }: EncoderConfig,
  { reduction, leaveOut }: BottleneckAdapter,
  layer: number,
): number | undefined {
  if (leaveOut.includes(layer)) return undefined;
  const factor = typeof reduction === "number"
    ? reduction
    : reduction[String(layer)] ?? reduction.default;
  return Math.max(1, Math.floor(width / factor));
}

/** The module of an adapter's bottleneck in a layer, as adapters 1.3 names it. */
export function bottleneckModule(config: EncoderConfig, layer: number, name: string): string {
  const { contract } = layerNames(config, layer);
  const block = config.model_type === "distilbert"
    ? contract.replace(/ffn\.lin2$/, "output_adapters")
    : contract.replace(/\.dense$/, "");
  return `${block}.adapters.${name}`;
}

/** The module of an adapter's invertible part. */
export function couplingModule(config: EncoderConfig, name: string): string {
  return `${familyOf(config).prefix}.invertible_adapters.${name}`;
}

/** The parameters of an adapter on an encoder, with the names of its files. */
export function adapterParameters(
  config: EncoderConfig,
  { name, adapter }: NamedAdapter,
): ParameterSpec[] {
  const { hidden_size: width, num_hidden_layers: depth } = config;
  const layers = Array.from({ length: depth }, (_, layer) => {
    const inner = innerWidth(config, adapter, layer);
    if (inner === undefined) return [];
    return bottleneckParameters(bottleneckModule(config, layer, name), width, inner);
  });
  return [
    ...layers.flat(),
    ...(adapter.coupling
      ? couplingParameters(couplingModule(config, name), width, adapter.coupling.reduction)
      : []),
  ];
}

/**
 * An encoder with a stack of adapters, the first of which reads what the encoder says. The encoder
 * stays as it is.
 *
 * In each layer, with h the output of the feed-forward part, r its residual and LN the layer's own
 * LayerNorm, h becomes U f(D LN(h + r)) + h for each adapter in turn; what follows is LN(h + r).
 * Of invertible parts only that of the first adapter counts: it comes after the embeddings, and its
 * inverse before the predictions of masked pieces (adapters 1.3, `SeqBnConfig` and `Stack`).
 *
 * @param stack a language adapter and a task adapter, or one of them
 * @param options names of the adapters that learn; whether the encoder's head stays as it starts
 * @throws {UserError} when two adapters have one name, or one that is to learn can get no gradient
 */
export function stacked(
  config: EncoderConfig,
  stack: readonly NamedAdapter[],
  { learning, isHeadFrozen = false }: {
    readonly learning: readonly string[];
    readonly isHeadFrozen?: boolean;
  },
): Around {
  checkStack(config, stack, learning);
  const encoder = new Set(encoderParameters(config).map(({ name }) => name));
  const parameters = stack.flatMap((each, place) => {
    const own = adapterParameters(config, place === 0 ? each : withoutCoupling(each));
    return learning.includes(each.name)
      ? own
      : own.map((spec): ParameterSpec => ({ ...spec, frozen: true }));
  });
  return {
    parameters,
    isFrozen: (name) => isHeadFrozen || encoder.has(name),
    context: (context) => ({ ...context, after: after(context, stack) }),
  };
}

/** Refuses stacks in which a parameter would be two, or an adapter that is to learn would not. */
function checkStack(
  config: EncoderConfig,
  stack: readonly NamedAdapter[],
  learning: readonly string[],
): void {
  const names = stack.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new UserError({
      message: `Cannot stack adapters as two are called "${twice}"`,
      hint: "name each adapter of a stack differently",
    });
  }
  for (const name of learning) {
    const place = names.indexOf(name);
    const why = place < 0
      ? `it is not in the stack: ${names.map((each) => `"${each}"`).join(", ") || "nothing is"}`
      : adapterParameters(config, stack[place]).length === 0
      ? `it leaves out all ${config.num_hidden_layers} layers`
      : place > 0 && stack[place].adapter.coupling
      ? "only the invertible part of the first adapter of a stack is used"
      : undefined;
    if (why === undefined) continue;
    throw new UserError(`Cannot train the adapter "${name}" as it gets no gradient: ${why}`);
  }
}

/** An adapter whose invertible part is not used, as that of all but the first of a stack. */
function withoutCoupling(
  { name, adapter: { coupling: _, ...adapter } }: NamedAdapter,
): NamedAdapter {
  return { name, adapter };
}

/**
 * An adapter's weights under another name, so that one graph serves any number of adapters of its
 * shape: it is built with that name, and fed with the weights of each.
 */
export function renamed(
  config: EncoderConfig,
  named: NamedAdapter,
  weights: ReadonlyMap<string, FloatTensor>,
  name: string,
): Map<string, FloatTensor> {
  const own = adapterParameters(config, named);
  return new Map(
    adapterParameters(config, { ...named, name }).flatMap((spec, i) => {
      const tensor = weights.get(own[i].name);
      return tensor ? [[spec.name, tensor] as const] : [];
    }),
  );
}

function after(context: EncoderContext, stack: readonly NamedAdapter[]): EncoderContext["after"] {
  const { config, parameter } = context;
  const [first] = stack;
  return (point, rows) => {
    if (point.place !== "feedForward") {
      if (!first?.adapter.coupling) return rows;
      const name = couplingModule(config, first.name);
      const invertible = coupling(parameter, name, first.adapter.activation);
      return point.place === "embeddings" ? invertible.forward(rows) : invertible.inverse(rows);
    }
    const { index, residual } = point;
    const { outputNorm } = layerNames(config, index);
    return stack.reduce((h: Tensor, { name, adapter }) => {
      if (innerWidth(config, adapter, index) === undefined) return h;
      const normalised = normalise(context, outputNorm, add(h, residual));
      return bottleneck(parameter, bottleneckModule(config, index, name), normalised, h, {
        activation: adapter.activation,
        scaling: adapter.scaling,
        dropout: (x) => context.dropout(`layer.${index}.adapters.${name}`, adapter.dropout, x),
      });
    }, rows);
  };
}
