/**
 * An encoder with a head as symbolic tensors.
 *
 * @module
 */
import { input } from "../../autodiff/leaves.ts";
import type { Tensor } from "../../autodiff/primitive.ts";
import { gatherRows } from "../../autodiff/rows.ts";
import { DropoutSites } from "../../nn/dropout_sites.ts";
import type { ParameterSpec } from "../../nn/parameters.ts";
import type { GraphOptions, ModelGraph } from "../model.ts";
import type { EncoderConfig } from "./config.ts";
import { encode, type EncoderContext, type EncoderInputs } from "./encoder.ts";
import { embeddingNames } from "./families.ts";
import type { Head } from "./heads/head.ts";
import { encoderParameters } from "./parameters.ts";

/** A model around an encoder, which adds parameters and changes what is computed. */
export interface Around {
  readonly parameters: readonly ParameterSpec[];
  /** Whether the parameter of the encoder or its head stays as it starts. */
  readonly isFrozen: (name: string) => boolean;
  /** The context of an encoder as it is changed. */
  readonly context: (context: EncoderContext) => EncoderContext;
}

/** Choices about an encoder's graph. */
export interface EncoderGraphOptions extends GraphOptions {
  /** Whether token types are fed, for pairs of sentences; else every piece is of type 0. */
  readonly tokenTypes?: boolean;
  /** What changes the encoder; nothing if left out. */
  readonly around?: Around;
}

/**
 * Builds an encoder with a head. It serves every batch size B, number of pieces T and of asked
 * pieces M, and reads `inputIds` and `positionIds` int64 [B, T], `attentionBias` float32 [B, 1, T,
 * T] (0 where row i may attend to column j, a large negative number elsewhere), `labelPositions`
 * int64 [M] (b·T + t), the gold `labels` int64 [M], and with `tokenTypes` `tokenTypeIds` int64 [B,
 * T]. It answers with `logits` float32 [M, L].
 *
 * @throws {Error} when the encoder has no token types and they are to be fed
 */
export function encoderGraph(
  config: EncoderConfig,
  head: Head,
  { labelSmoothing = 0, tokenTypes = false, around }: EncoderGraphOptions = {},
): ModelGraph {
  const own = [...encoderParameters(config), ...head.parameters];
  const specs = around ? [...own.map(freezer(around)), ...around.parameters] : own;
  const parameters = new Map(
    specs.map(({ name, shape }) => [name, input(name, "float32", shape)]),
  );
  const parameter = (name: string): Tensor => {
    const tensor = parameters.get(name);
    if (tensor) return tensor;
    throw new Error(`Cannot build the encoder as it has no such parameter: got "${name}"`);
  };
  const batch = batchInputs(config, tokenTypes);
  const labelPositions = input("labelPositions", "int64", ["M"]);
  const labels = input("labels", "int64", ["M"]);
  const sites = new DropoutSites();
  const changed = (context: EncoderContext) => around ? around.context(context) : context;
  const training = changed({
    config,
    parameter,
    dropout: (site, rate, x) => sites.apply(site, rate, x),
  });
  const { hidden, embedded } = encode(training, batch);
  const loss = head.loss(training, gatherRows(hidden, labelPositions), labels, labelSmoothing);
  const evaluation = changed({ config, parameter, dropout: (_site, _rate, x) => x });
  const rows = gatherRows(encode(evaluation, batch).hidden, labelPositions);
  const { words, positions } = embeddingNames(config);
  return {
    inputs: [...Object.values(batch), labelPositions],
    gold: [labels],
    specs,
    parameters,
    dropout: { sites: sites.sites, masks: sites.masks },
    loss,
    answers: { logits: head.logits(evaluation, rows) },
    rows: head.tiesWords
      ? []
      : [words, positions].map((name) => ({ table: `${name}.weight`, looked: embedded })),
  };
}

/** Marks the parameters that stay as they start. */
function freezer({ isFrozen }: Around) {
  return (spec: ParameterSpec): ParameterSpec =>
    isFrozen(spec.name) ? { ...spec, frozen: true } : spec;
}

function batchInputs(config: EncoderConfig, tokenTypes: boolean): EncoderInputs {
  const ids = (name: string) => input(name, "int64", ["B", "T"]);
  if (tokenTypes && config.type_vocab_size === 0) {
    throw new Error(`Cannot feed token types to an encoder without them: got ${config.model_type}`);
  }
  return {
    inputIds: ids("inputIds"),
    positionIds: ids("positionIds"),
    attentionBias: input("attentionBias", "float32", ["B", 1, "T", "T"]),
    ...(tokenTypes ? { tokenTypeIds: ids("tokenTypeIds") } : {}),
  };
}
