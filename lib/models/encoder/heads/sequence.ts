/**
 * A classifier of texts: the head that each family has on the first piece.
 *
 * @module
 */
import { relu, tanh } from "../../../autodiff/elementwise.ts";
import { smoothedCrossEntropy } from "../../../nn/loss.ts";
import { linearParameters } from "../../../nn/parameters.ts";
import type { EncoderConfig } from "../config.ts";
import { project } from "../encoder.ts";
import type { Head } from "./head.ts";

/**
 * A classifier of texts with `numLabels` classes. It reads the first piece, as the family's
 * published models do. The loss is the mean cross entropy.
 */
export function sequenceHead(config: EncoderConfig, numLabels: number): Head {
  const { parameters, logits } = classifier(config, numLabels);
  return {
    name: "SequenceClassification",
    parameters,
    logits,
    loss: (context, rows, gold, smoothing) =>
      smoothedCrossEntropy(logits(context, rows), gold, smoothing),
  };
}

function classifier(
  config: EncoderConfig,
  numLabels: number,
): Pick<Head, "parameters" | "logits"> {
  const { hidden_size: width, hidden_dropout_prob } = config;
  const rate = config.classifier_dropout ?? hidden_dropout_prob;
  const linears = (pooler: string, classifier: string) => [
    ...linearParameters(config.initializer_range, pooler, width, width),
    ...linearParameters(config.initializer_range, classifier, numLabels, width),
  ];
  switch (config.model_type) {
    case "roberta":
    case "xlm-roberta":
      return {
        parameters: linears("classifier.dense", "classifier.out_proj"),
        logits(context, rows) {
          const first = context.dropout("first", rate, rows);
          const pooled = tanh(project(context, "classifier.dense", first));
          const kept = context.dropout("classifier", rate, pooled);
          return project(context, "classifier.out_proj", kept);
        },
      };
    case "bert":
      return {
        parameters: linears("bert.pooler.dense", "classifier"),
        logits(context, rows) {
          const pooled = tanh(project(context, "bert.pooler.dense", rows));
          return project(context, "classifier", context.dropout("classifier", rate, pooled));
        },
      };
    case "distilbert":
      return {
        parameters: linears("pre_classifier", "classifier"),
        logits(context, rows) {
          const pooled = relu(project(context, "pre_classifier", rows));
          const rate = config.seq_classif_dropout ?? hidden_dropout_prob;
          return project(context, "classifier", context.dropout("classifier", rate, pooled));
        },
      };
  }
}
