/**
 * An encoder with a CRF as symbolic tensors: the last layers at the first piece of each word make
 * emissions, and a CRF makes labels (the mBERT-CRF of Mueller et al. 2020, §3.1).
 *
 * @module
 */
import { add } from "../../autodiff/elementwise.ts";
import { input } from "../../autodiff/leaves.ts";
import type { Tensor } from "../../autodiff/primitive.ts";
import { gatherRows } from "../../autodiff/rows.ts";
import { concat } from "../../autodiff/shapes.ts";
import { crfParameters } from "../../nn/crf.ts";
import { DropoutSites } from "../../nn/dropout_sites.ts";
import { linearParameters, type ParameterSpec } from "../../nn/parameters.ts";
import { encode, type EncoderContext, normalise, project } from "../encoder/encoder.ts";
import { embeddingNames, layerNames } from "../encoder/families.ts";
import { encoderParameters } from "../encoder/parameters.ts";
import { chainInputs, chainLoss } from "../label_chain.ts";
import type { ModelGraph } from "../model.ts";
import type { EncoderCrfConfig } from "./config.ts";

const classifier = "classifier";
/** Below the classifier, so that whoever reads the encoder alone knows it as a part of a head. */
const crf = `${classifier}.crf`;

/** The parameters of the head: a linear layer over the layers that are read, and the CRF. */
export function encoderCrfHeadParameters(
  { encoder, labels, layers, endScores }: EncoderCrfConfig,
): ParameterSpec[] {
  const { initializer_range: std, hidden_size: width } = encoder;
  return [
    ...linearParameters(std, classifier, labels.length, layers * width),
    ...crfParameters(crf, labels.length, endScores),
  ];
}

/**
 * Builds the graph. It reads what `encoderCrfBatch` makes of sentences: B rows of T pieces, in them W
 * words, and S sentences of up to N + 1 words. It answers with `emissions` float32 [W, L], and with
 * the scores of the CRF as they are.
 */
export function encoderCrfGraph(config: EncoderCrfConfig): ModelGraph {
  const { encoder, labels, layers, endScores } = config;
  const specs = [...encoderParameters(encoder), ...encoderCrfHeadParameters(config)];
  const parameters = new Map(specs.map(({ name, shape }) => [name, input(name, "float32", shape)]));
  const parameter = (name: string) => parameters.get(name)!;
  const batch = {
    inputIds: input("inputIds", "int64", ["B", "T"]),
    positionIds: input("positionIds", "int64", ["B", "T"]),
    attentionBias: input("attentionBias", "float32", ["B", 1, "T", "T"]),
  };
  const wordRows = input("wordRows", "int64", ["W"]);
  const chain = chainInputs();
  const rate = encoder.classifier_dropout ?? encoder.hidden_dropout_prob;

  /** Emissions [W, L], and the embeddings that were looked up. */
  const emit = (dropout: EncoderContext["dropout"]) => {
    const read: Tensor[] = [];
    const context: EncoderContext = {
      config: encoder,
      parameter,
      dropout,
      after(point, rows) {
        if (point.place === "feedForward" && point.index >= encoder.num_hidden_layers - layers) {
          // A layer gives LayerNorm(rows + residual): of words here, as no other piece is read.
          const words = (x: Tensor) => gatherRows(x, wordRows);
          const sum = add(words(rows), words(point.residual));
          read.push(normalise(context, layerNames(encoder, point.index).outputNorm, sum));
        }
        return rows;
      },
    };
    const { embedded } = encode(context, batch);
    const words = dropout("classifier", rate, concat(read, 1));
    return { emissions: project(context, classifier, words), embedded };
  };

  const sites = new DropoutSites();
  const training = emit((site, rate, x) => sites.apply(site, rate, x));
  const { loss, answers } = chainLoss(
    parameter,
    { module: crf, labels: labels.length, ends: endScores },
    training,
    chain,
  );
  const tables = embeddingNames(encoder);
  return {
    inputs: [...Object.values(batch), wordRows],
    gold: Object.values(chain),
    specs,
    parameters,
    dropout: { sites: sites.sites, masks: sites.masks },
    loss,
    answers: { emissions: emit((_site, _rate, x) => x).emissions, ...answers },
    rows: [tables.words, tables.positions].map((name) => ({
      table: `${name}.weight`,
      looked: training.embedded,
    })),
  };
}
