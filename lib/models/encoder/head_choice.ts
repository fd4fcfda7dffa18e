/**
 * The heads that stand on an encoder, by what a training asks for.
 *
 * @module
 */
import type { EncoderConfig } from "./config.ts";
import { maskedLanguageModelGraphs } from "./masked_language_model.ts";
import type { HeadName } from "./published_config.ts";
import { sequenceClassifierGraphs } from "./sequence_classifier.ts";
import { type Slicing, tokenClassifierGraphs } from "./token_classifier.ts";
import type { TrainingGraphOptions, TrainingGraphs } from "./training_graphs.ts";

/** A label for each labelled token; `sliced` trains the same head slice by slice. */
export type TokenHead =
  | { readonly head: "token"; readonly labels: readonly string[] }
  | { readonly head: "sliced"; readonly labels: readonly string[]; readonly slicing: Slicing };

/** A label for each sentence, at its first token. */
export interface SequenceHead {
  readonly head: "sequence";
  readonly labels: readonly string[];
}

/** The id of each masked token. */
export interface MaskedHead {
  readonly head: "mlm";
}

/** A head, with the names of its labels by index where it has any. */
export type HeadChoice = TokenHead | SequenceHead | MaskedHead;

/**
 * The graphs that train and evaluate an encoder with a head. Gradients of embeddings come as rows,
 * but for masked words, which are predicted from every row.
 *
 * @throws {Error} when slices do not cut the encoder's width evenly
 * @throws {UserError} when the config unties the word embeddings from the predictions of masked words
 */
export function headGraphs(
  config: EncoderConfig,
  choice: HeadChoice,
  options: Pick<TrainingGraphOptions, "labelSmoothing" | "isFrozen"> = {},
): TrainingGraphs {
  const rows = { ...options, embeddingGradients: "rows" } as const;
  switch (choice.head) {
    case "token":
      return tokenClassifierGraphs(config, choice.labels.length, rows);
    case "sliced": {
      const { labels, slicing } = choice;
      return tokenClassifierGraphs(config, labels.length, { ...rows, slicing });
    }
    case "sequence":
      return sequenceClassifierGraphs(config, choice.labels.length, rows);
    case "mlm":
      return maskedLanguageModelGraphs(config, options);
  }
}

/** The name that transformers has for a head. */
export function headName({ head }: Pick<HeadChoice, "head">): HeadName {
  switch (head) {
    case "token":
    case "sliced":
      return "TokenClassification";
    case "sequence":
      return "SequenceClassification";
    case "mlm":
      return "MaskedLM";
  }
}
