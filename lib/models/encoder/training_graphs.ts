/**
 * The graphs that train and evaluate an encoder with a head.
 *
 * @module
 */
import { gradients } from "../../autodiff/gradients.ts";
import { input } from "../../autodiff/leaves.ts";
import { lowerCpu } from "../../autodiff/lower_cpu.ts";
import type { Tensor } from "../../autodiff/primitive.ts";
import { gatherRows } from "../../autodiff/rows.ts";
import { reshape } from "../../autodiff/shapes.ts";
import type { EncoderConfig } from "./config.ts";
import { type DropoutSite, DropoutSites } from "../../nn/dropout_sites.ts";
import { encode, type EncoderContext, type EncoderInputs } from "./encoder.ts";
import { embeddingNames } from "./families.ts";
import { smoothedCrossEntropy } from "../../nn/loss.ts";
import { encoderParameters } from "./parameters.ts";
import { type ParameterSpec } from "../../nn/parameters.ts";

/**
 * The models that train and evaluate. One session of each serves every batch size B, number of
 * tokens T and number of labelled positions M.
 *
 * Both read `inputIds` and `positionIds` int64 [B, T], `attentionBias` float32 [B, 1, T, T] (0
 * where row i may attend to column j, a large negative number elsewhere), `labelPositions` int64 [M]
 * (b·T + t) and every parameter by its name; with `tokenTypes: "given"`, `tokenTypeIds` int64 [B, T] too.
 */
export interface TrainingGraphs {
  /**
   * Reads `labels` int64 [M] and the masks too; gives `loss`, float32 [], and `grad.<name>` for
   * every parameter that is not frozen, with its shape. With `embeddingGradients: "rows"`, the
   * {@linkcode embeddingTables} have no gradient of their own, but share `grad.embeddedRows`, float32
   * [T, B, D]: the gradient of their sum at each token.
   */
  readonly training: Uint8Array<ArrayBuffer>;
  /** Gives `logits`, float32 [M, L]. */
  readonly evaluation: Uint8Array<ArrayBuffer>;
  readonly parameters: readonly ParameterSpec[];
  /** The tables whose gradient comes as rows; none with `embeddingGradients: "dense"`. */
  readonly embeddingTables: readonly EmbeddingTable[];
  /** The bool inputs of `training`. */
  readonly dropoutSites: readonly DropoutSite[];
  /** The same before it was lowered, for other providers than cpu. */
  readonly tensors: TrainingTensors;
}

/** Training and evaluation as symbolic tensors. */
export interface TrainingTensors {
  /** The inputs that differ from batch to batch, but for labels and masks. */
  readonly batch: readonly Tensor[];
  readonly labels: Tensor;
  /** One per dropout site. */
  readonly masks: readonly Tensor[];
  /** Every parameter, by name. */
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** float32 []. */
  readonly loss: Tensor;
  /** float32 [M, L], without dropout. */
  readonly logits: Tensor;
}

/** A table of embeddings, and the input that names the row of each token: int64 [B, T]. */
export interface EmbeddingTable {
  /** Of its parameter. */
  readonly name: string;
  readonly ids: "inputIds" | "positionIds";
}

/** What stands on an encoder. Rows are the hidden states [M, D] at the labelled positions. */
export interface Head {
  readonly parameters: readonly ParameterSpec[];
  /** Logits [M, L] of rows [M, D]. */
  readonly logits: (context: EncoderContext, rows: Tensor) => Tensor;
  /**
   * What is trained where that is not the logits of rows [M, D] and labels int64 [M]: logits [N, L]
   * and labels int64 [N].
   */
  readonly trained?: (
    context: EncoderContext,
    rows: Tensor,
    labels: Tensor,
  ) => { readonly logits: Tensor; readonly labels: Tensor };
}

/** Choices about the graphs. */
export interface TrainingGraphOptions {
  /** Rows spare the graph two scatters into tables of which a batch touches little. */
  readonly embeddingGradients?: "dense" | "rows";
  /** Whether token types are fed, for pairs of sentences; else every token is of type 0. */
  readonly tokenTypes?: "zero" | "given";
  /** Share of a label that is spread over all classes; see `smoothedCrossEntropy`. */
  readonly labelSmoothing?: number;
  /** Parameters that stay as they start, by name: no gradient of theirs is computed. */
  readonly isFrozen?: (name: string) => boolean;
}

/**
 * Builds the graphs of an encoder with a head.
 *
 * @throws {Error} when the encoder has no token types and they are to be given
 */
export function trainingGraphs(
  config: EncoderConfig,
  head: Head,
  options: TrainingGraphOptions = {},
): TrainingGraphs {
  const specs = [...encoderParameters(config), ...head.parameters].map((spec): ParameterSpec =>
    options.isFrozen?.(spec.name) ? { ...spec, frozen: true } : spec
  );
  const parameters = new Map(
    specs.map(({ name, shape }) => [name, input(name, "float32", shape)]),
  );
  const parameter = (name: string): Tensor => {
    const tensor = parameters.get(name);
    if (tensor) return tensor;
    throw new Error(`Cannot build the encoder as it has no such parameter: got "${name}"`);
  };
  const batch = batchInputs(config, options);
  const labelPositions = input("labelPositions", "int64", ["M"]);
  const labels = input("labels", "int64", ["M"]);
  const sites = new DropoutSites();

  const training: EncoderContext = {
    config,
    parameter,
    dropout: (site, rate, x) => sites.apply(site, rate, x),
  };
  const { hidden, embedded } = encode(training, batch);
  const rows = gatherRows(hidden, labelPositions);
  const trained = head.trained?.(training, rows, labels) ??
    { logits: head.logits(training, rows), labels };
  const loss = smoothedCrossEntropy(trained.logits, trained.labels, options.labelSmoothing ?? 0);
  const differentiated = new Map(parameters);
  for (const { name, frozen } of specs) if (frozen) differentiated.delete(name);
  const embeddingTables = options.embeddingGradients === "rows"
    ? tablesOf(config).filter(({ name }) => differentiated.has(name))
    : [];
  for (const { name } of embeddingTables) differentiated.delete(name);
  if (embeddingTables.length > 0) differentiated.set("embeddedRows", embedded);
  const gradientOf = gradients(loss, [...differentiated.values()]);
  const outputs = [...differentiated.keys()].map((name, i): [string, Tensor] => [
    `grad.${name}`,
    name === "embeddedRows"
      ? reshape(gradientOf[i], ["T", "B", config.hidden_size])
      : gradientOf[i],
  ]);
  const evaluation: EncoderContext = { config, parameter, dropout: (_site, _rate, x) => x };
  const evaluated = gatherRows(encode(evaluation, batch).hidden, labelPositions);

  const logits = head.logits(evaluation, evaluated);
  const shared = [...Object.values(batch), labelPositions];
  return {
    training: lowerCpu(
      "training",
      [...shared, labels, ...sites.masks, ...parameters.values()],
      { loss, ...Object.fromEntries(outputs) },
    ),
    evaluation: lowerCpu("evaluation", [...shared, ...parameters.values()], { logits }),
    parameters: specs,
    embeddingTables,
    dropoutSites: sites.sites,
    tensors: { batch: shared, labels, masks: sites.masks, parameters, loss, logits },
  };
}

function tablesOf(config: EncoderConfig): EmbeddingTable[] {
  const { words, positions } = embeddingNames(config);
  return [
    { name: `${words}.weight`, ids: "inputIds" },
    { name: `${positions}.weight`, ids: "positionIds" },
  ];
}

function batchInputs(config: EncoderConfig, { tokenTypes }: TrainingGraphOptions): EncoderInputs {
  const ids = (name: string) => input(name, "int64", ["B", "T"]);
  if (tokenTypes === "given" && config.type_vocab_size === 0) {
    throw new Error(`Cannot feed token types to an encoder without them: got ${config.model_type}`);
  }
  return {
    inputIds: ids("inputIds"),
    positionIds: ids("positionIds"),
    attentionBias: input("attentionBias", "float32", ["B", 1, "T", "T"]),
    ...(tokenTypes === "given" ? { tokenTypeIds: ids("tokenTypeIds") } : {}),
  };
}
