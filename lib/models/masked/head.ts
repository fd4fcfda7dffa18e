/**
 * The head of a masked language model: the word embeddings also predict the masked pieces.
 *
 * @module
 */
import { gelu } from "../../autodiff/elementwise.ts";
import { linear } from "../../autodiff/products.ts";
import { UserError } from "../../core/errors.ts";
import { smoothedCrossEntropy } from "../../nn/loss.ts";
import { biasParameter, linearParameters, normParameters } from "../../nn/parameters.ts";
import type { EncoderConfig, ModelType } from "../encoder/config.ts";
import { changed, normalise, project } from "../encoder/encoder.ts";
import { embeddingNames } from "../encoder/families.ts";
import type { Head } from "../encoder/heads/head.ts";

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
 * The head of a masked language model (Devlin et al. 2019, §3.1). It answers with the id of each
 * asked piece; the loss is the mean cross entropy.
 *
 * @throws {UserError} when the config unties the word embeddings from the predictions
 */
export function maskedHead(config: EncoderConfig): Head {
  if (config.tie_word_embeddings === false) {
    throw new UserError(
      'Cannot build a masked language model as "tie_word_embeddings" must be true: got false',
    );
  }
  const { hidden_size: width, vocab_size: vocabulary, initializer_range: std } = config;
  const { dense, norm, bias } = headNames[config.model_type];
  const logits: Head["logits"] = (context, rows) => {
    const transformed = normalise(context, norm, gelu(project(context, dense, rows)));
    const words = context.parameter(`${embeddingNames(config).words}.weight`);
    const rowsOfWords = changed(context, { place: "predictions" }, transformed);
    return linear(rowsOfWords, words, context.parameter(bias), "predictions");
  };
  return {
    name: "MaskedLM",
    parameters: [
      ...linearParameters(std, dense, width, width),
      ...normParameters(norm, width),
      biasParameter(bias, vocabulary),
    ],
    logits,
    loss: (context, rows, gold, smoothing) =>
      smoothedCrossEntropy(logits(context, rows), gold, smoothing),
    tiesWords: true,
  };
}
