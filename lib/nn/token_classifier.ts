/**
 * The graphs of a token classifier: an XLM-R encoder with a linear head on labelled positions.
 *
 * @module
 */
import { input } from "../autodiff/leaves.ts";
import { gradients } from "../autodiff/gradients.ts";
import { lowerCpu } from "../autodiff/lower_cpu.ts";
import { crossEntropy } from "../autodiff/normalisation.ts";
import type { Tensor } from "../autodiff/primitive.ts";
import { gatherRows } from "../autodiff/rows.ts";
import { reduceMean, reshape } from "../autodiff/shapes.ts";
import type { EncoderConfig } from "./config.ts";
import { type DropoutSite, DropoutSites } from "./dropout_sites.ts";
import { encode, type EncoderContext, type EncoderInputs, project } from "./encoder.ts";
import { parametersOf, type ParameterSpec } from "./parameters.ts";

/**
 * The models that train and evaluate. One session of each serves every batch size B, number of
 * tokens T and number of labelled positions M.
 *
 * Both read `inputIds` and `positionIds` int64 [B, T], `attentionBias` float32 [B, 1, 1, T] (0 for
 * tokens, a large negative number for padding), `labelPositions` int64 [M] (b·T + t) and every
 * parameter by its name.
 */
export interface TrainingGraphs {
  /**
   * Reads `labels` int64 [M] and the masks too; gives `loss`, float32 [], and `grad.<name>` for
   * every parameter, with its shape. With `embeddingGradients: "rows"`, word and position
   * embeddings have no gradient of their own, but share `grad.embeddedRows`, float32 [T, B, D]: the
   * gradient of their sum at each token, to be added to row inputIds[b, t] of the one and row
   * positionIds[b, t] of the other.
   */
  readonly training: Uint8Array<ArrayBuffer>;
  /** Gives `logits`, float32 [M, L]. */
  readonly evaluation: Uint8Array<ArrayBuffer>;
  readonly parameters: readonly ParameterSpec[];
  /** The bool inputs of `training`. */
  readonly dropoutSites: readonly DropoutSite[];
}

/** The tables whose gradient can come as rows. */
export const embeddingTables = {
  word: "roberta.embeddings.word_embeddings.weight",
  position: "roberta.embeddings.position_embeddings.weight",
} as const;

/** Choices about the graphs of a token classifier. */
export interface TokenClassifierOptions {
  /** Rows spare the graph two scatters into tables of which a batch touches little. */
  readonly embeddingGradients?: "dense" | "rows";
}

/**
 * Builds the graphs of a token classifier with `numLabels` labels. The loss is the mean cross
 * entropy over labelled positions.
 */
export function tokenClassifierGraphs(
  config: EncoderConfig,
  numLabels: number,
  options: TokenClassifierOptions = {},
): TrainingGraphs {
  const specs = parametersOf(config, numLabels);
  const parameters = new Map(
    specs.map(({ name, shape }) => [name, input(name, "float32", shape)]),
  );
  const parameter = (name: string): Tensor => {
    const tensor = parameters.get(name);
    if (tensor) return tensor;
    throw new Error(`Cannot build the encoder as it has no such parameter: got "${name}"`);
  };
  const batch: EncoderInputs = {
    inputIds: input("inputIds", "int64", ["B", "T"]),
    positionIds: input("positionIds", "int64", ["B", "T"]),
    attentionBias: input("attentionBias", "float32", ["B", 1, 1, "T"]),
  };
  const labelPositions = input("labelPositions", "int64", ["M"]);
  const labels = input("labels", "int64", ["M"]);
  const sites = new DropoutSites();

  const trainingContext: EncoderContext = {
    config,
    parameter,
    dropout: (site, rate, x) => sites.apply(site, rate, x),
  };
  const { logits: trainingLogits, embedded } = classify(trainingContext, batch, labelPositions);
  const loss = reduceMean(crossEntropy(trainingLogits, labels));
  const differentiated = new Map<string, Tensor>(parameters);
  if (options.embeddingGradients === "rows") {
    for (const name of Object.values(embeddingTables)) differentiated.delete(name);
    differentiated.set("embeddedRows", embedded);
  }
  const gradientOf = gradients(loss, [...differentiated.values()]);
  const outputs = [...differentiated.keys()].map((name, i): [string, Tensor] => [
    `grad.${name}`,
    name === "embeddedRows"
      ? reshape(gradientOf[i], ["T", "B", config.hidden_size])
      : gradientOf[i],
  ]);
  const evaluationContext: EncoderContext = { config, parameter, dropout: (_site, _rate, x) => x };
  const { logits } = classify(evaluationContext, batch, labelPositions);

  const shared = [...Object.values(batch), labelPositions];
  return {
    training: lowerCpu(
      "training",
      [...shared, labels, ...sites.masks, ...parameters.values()],
      { loss, ...Object.fromEntries(outputs) },
    ),
    evaluation: lowerCpu("evaluation", [...shared, ...parameters.values()], { logits }),
    parameters: specs,
    dropoutSites: sites.sites,
  };
}

/** Logits [M, L] at the labelled positions, and the embedded tokens that they come from. */
function classify(
  context: EncoderContext,
  batch: EncoderInputs,
  labelPositions: Tensor,
): { logits: Tensor; embedded: Tensor } {
  const { config, dropout } = context;
  const { hidden, embedded } = encode(context, batch);
  const rate = config.classifier_dropout ?? config.hidden_dropout_prob;
  const rows = dropout("classifier", rate, gatherRows(hidden, labelPositions));
  return { logits: project(context, "classifier", rows), embedded };
}
