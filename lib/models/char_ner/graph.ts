/**
 * CharNER as symbolic tensors: a stack of LSTMs over all pieces of a sentence, and an entity type for
 * each of them (Kuru et al. 2016, §3).
 *
 * @module
 */
import { productOf } from "../../autodiff/dims.ts";
import { mul } from "../../autodiff/elementwise.ts";
import { input } from "../../autodiff/leaves.ts";
import { logSoftmax } from "../../autodiff/normalisation.ts";
import type { Tensor } from "../../autodiff/primitive.ts";
import { linear } from "../../autodiff/products.ts";
import { gatherRows } from "../../autodiff/rows.ts";
import { reshape } from "../../autodiff/shapes.ts";
import { DropoutSites } from "../../nn/dropout_sites.ts";
import { smoothedCrossEntropy } from "../../nn/loss.ts";
import { bidirectionalLstm, bothWays, lstmParameters } from "../../nn/lstm.ts";
import { linearParameters, type ParameterSpec } from "../../nn/parameters.ts";
import { type Dropout, wholeVectors } from "../dropped_vectors.ts";
import type { GraphOptions, ModelGraph } from "../model.ts";
import { labelsOf } from "../word_config.ts";
import type { CharNerConfig } from "./config.ts";
import { typesOf } from "./types.ts";

const modules = { pieces: "pieces.weight", lstm: "lstm", classifier: "classifier" } as const;

function shapeOf({ piece_size, hidden_size, layers }: CharNerConfig) {
  return { input: piece_size, hidden: hidden_size, layers };
}

/** All parameters. */
export function charNerParameters(config: CharNerConfig): ParameterSpec[] {
  const { vocab_size, piece_size, hidden_size } = config;
  return [
    {
      name: modules.pieces,
      shape: [vocab_size, piece_size],
      init: { kind: "uniform", bound: Math.sqrt(3 / piece_size) },
      decay: false,
    },
    ...lstmParameters(modules.lstm, shapeOf(config)),
    ...linearParameters(
      1 / Math.sqrt(2 * hidden_size),
      modules.classifier,
      typesOf(labelsOf(config)).names.length,
      2 * hidden_size,
    ),
  ];
}

/**
 * Builds the graph. It reads what `charNerBatch` makes of sentences: pieces in B rows of T, M of which
 * have a type. It answers with `logProbabilities` float32 [M, types].
 */
export function charNerGraph(
  config: CharNerConfig,
  { labelSmoothing = 0 }: GraphOptions = {},
): ModelGraph {
  const specs = charNerParameters(config);
  const parameters = new Map(specs.map(({ name, shape }) => [name, input(name, "float32", shape)]));
  const parameter = (name: string) => parameters.get(name)!;
  const batch = {
    pieceIds: input("pieceIds", "int64", ["T", "B"]),
    forward: input("forward", "float32", ["T", "B", 1]),
    backward: input("backward", "float32", ["T", "B", 1]),
    typedAt: input("typedAt", "int64", ["M"]),
  };
  const goldTypes = input("goldTypes", "int64", ["M"]);

  /** Logits of types [M, types]. */
  const logits = (dropout: Dropout): Tensor => {
    const looked = gatherRows(parameter(modules.pieces), batch.pieceIds);
    const kept = wholeVectors(dropout, "pieces", config.piece_dropout, ["T", "B", 1]);
    const rows = reshape(mul(looked, kept), [productOf(["T", "B"]), config.piece_size]);
    const outputDropout = (layer: number, x: Tensor) =>
      dropout(`output.${layer}`, config.output_dropout[layer] ?? 0, x);
    const top = bidirectionalLstm(
      parameter,
      modules.lstm,
      rows,
      { forward: batch.forward, backward: batch.backward },
      shapeOf(config),
      // A layer reads the output of the one below.
      (layer, x) => layer === 0 ? x : outputDropout(layer - 1, x),
    ).at(-1)!;
    const typed = gatherRows(outputDropout(config.layers - 1, bothWays(top)), batch.typedAt);
    const { classifier } = modules;
    const weight = parameter(`${classifier}.weight`), bias = parameter(`${classifier}.bias`);
    return linear(typed, weight, bias, classifier);
  };

  const sites = new DropoutSites();
  const training = logits((site, rate, x) => sites.apply(site, rate, x));
  return {
    inputs: Object.values(batch),
    gold: [goldTypes],
    specs,
    parameters,
    dropout: { sites: sites.sites, masks: sites.masks },
    loss: smoothedCrossEntropy(training, goldTypes, labelSmoothing),
    answers: { logProbabilities: logSoftmax(logits((_site, _rate, x) => x)) },
    rows: [],
  };
}
