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
import { reduceMean } from "../autodiff/shapes.ts";
import type { EncoderConfig } from "./config.ts";
import { type DropoutSite, DropoutSites } from "./dropout_sites.ts";
import { encode, type EncoderContext, type EncoderInputs, project } from "./encoder.ts";
import { type ParameterOptions, parametersOf, type ParameterSpec } from "./parameters.ts";

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
   * every parameter, with its shape.
   */
  readonly training: Uint8Array<ArrayBuffer>;
  /** Gives `logits`, float32 [M, L]. */
  readonly evaluation: Uint8Array<ArrayBuffer>;
  readonly parameters: readonly ParameterSpec[];
  /** The bool inputs of `training`. */
  readonly dropoutSites: readonly DropoutSite[];
}

/**
 * Builds the graphs of a token classifier with `numLabels` labels. The loss is the mean cross
 * entropy over labelled positions.
 */
export function tokenClassifierGraphs(
  config: EncoderConfig,
  numLabels: number,
  options: ParameterOptions = {},
): TrainingGraphs {
  const specs = parametersOf(config, numLabels, options);
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
  const loss = reduceMean(
    crossEntropy(classify(trainingContext, batch, labelPositions), labels),
  );
  const gradientOf = gradients(loss, [...parameters.values()]);
  const evaluationContext: EncoderContext = { config, parameter, dropout: (_site, _rate, x) => x };
  const logits = classify(evaluationContext, batch, labelPositions);

  const shared = [...Object.values(batch), labelPositions];
  return {
    training: lowerCpu(
      "training",
      [...shared, labels, ...sites.masks, ...parameters.values()],
      Object.fromEntries([
        ["loss", loss],
        ...specs.map(({ name }, i) => [`grad.${name}`, gradientOf[i]]),
      ]),
    ),
    evaluation: lowerCpu("evaluation", [...shared, ...parameters.values()], { logits }),
    parameters: specs,
    dropoutSites: sites.sites,
  };
}

/** Logits [M, L] at the labelled positions. */
function classify(
  context: EncoderContext,
  batch: EncoderInputs,
  labelPositions: Tensor,
): Tensor {
  const { config, dropout } = context;
  const rows = gatherRows(encode(context, batch), labelPositions);
  const rate = config.classifier_dropout ?? config.hidden_dropout_prob;
  return project(context, "classifier", dropout("classifier", rate, rows));
}
