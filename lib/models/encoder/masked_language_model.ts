/**
 * The graphs of a masked language model: an encoder whose word embeddings also predict words.
 *
 * @module
 */
import { UserError } from "../../core/errors.ts";
import { gelu } from "../../autodiff/elementwise.ts";
import { linear } from "../../autodiff/products.ts";
import type { EncoderConfig, ModelType } from "./config.ts";
import { normalise, project } from "./encoder.ts";
import { embeddingNames } from "./families.ts";
import { biasParameter, linearParameters, normParameters } from "../../nn/parameters.ts";
import {
  type Head,
  type TrainingGraphOptions,
  type TrainingGraphs,
  trainingGraphs,
} from "./training_graphs.ts";

const robertaHead = { dense: "lm_head.dense", norm: "lm_head.layer_norm", bias: "lm_head.bias" };

/** The head's modules, and its bias over the vocabulary. */
const headNames: Readonly<Record<ModelType, typeof robertaHead>> = {
  "roberta": robertaHead,
  "xlm-roberta": robertaHead,
  "bert": {
    dense: "cls.predictions.transform.dense",
    norm: "cls.predictions.transform.LayerNorm",
    bias: "cls.predictions.bias",
  },
  "distilbert": {
    dense: "vocab_transform",
    norm: "vocab_layer_norm",
    bias: "vocab_projector.bias",
  },
};

/**
 * Builds the graphs of a masked language model (Devlin et al. 2019, §3.1). `labelPositions` names
 * the tokens to predict, `labels` their ids; the loss is their mean cross entropy. The gradient of
 * the word embeddings is dense, as every word is predicted from them.
 *
 * @throws {UserError} when the config unties the word embeddings from the predictions
 */
export function maskedLanguageModelGraphs(
  config: EncoderConfig,
  options: Omit<TrainingGraphOptions, "embeddingGradients"> = {},
): TrainingGraphs {
  if (config.tie_word_embeddings === false) {
    throw new UserError(
      'Cannot build a masked language model as "tie_word_embeddings" must be true: got false',
    );
  }
  return trainingGraphs(config, maskedHead(config), { ...options, embeddingGradients: "dense" });
}

function maskedHead(config: EncoderConfig): Head {
  const { hidden_size: width, vocab_size: vocabulary } = config;
  const { dense, norm, bias } = headNames[config.model_type];
  return {
    parameters: [
      ...linearParameters(config.initializer_range, dense, width, width),
      ...normParameters(norm, width),
      biasParameter(bias, vocabulary),
    ],
    logits(context, rows) {
      const transformed = normalise(context, norm, gelu(project(context, dense, rows)));
      const words = context.parameter(`${embeddingNames(config).words}.weight`);
      return linear(transformed, words, context.parameter(bias), "predictions");
    },
  };
}
