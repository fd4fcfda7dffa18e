/**
 * Writes an encoder's shape as the config.json that transformers reads.
 *
 * @module
 */
import type { EncoderConfig } from "./config.ts";
import { familyOf } from "./families.ts";

/** The heads that transformers has a class for, and crosstie has graphs for. */
export type HeadName = "TokenClassification" | "SequenceClassification" | "MaskedLM";

/** What `architectures` can end with: a head, or a model around an encoder that has one of its own. */
export type ArchitectureName = HeadName | "CrfTokenClassification";

/** The fields of a config.json. */
export type PublishedConfig = Readonly<Record<string, unknown>>;

/**
 * The config.json of a model with float32 weights.
 *
 * @param labels the names of a classifier's labels, by index
 * @param original the config.json that the model started from: its other fields are kept
 */
export function publishedConfig(
  config: EncoderConfig,
  head: ArchitectureName,
  labels: readonly string[] = [],
  original: PublishedConfig = {},
): PublishedConfig {
  // "torch_dtype" is what "dtype" was called before transformers 5. What names code that transformers
  // would fetch and run is of no use to these families.
  const { torch_dtype: _, auto_map: __, custom_pipelines: ___, ...kept } = original;
  return {
    ...kept,
    architectures: [`${familyOf(config).className}For${head}`],
    ...(config.model_type === "distilbert" ? distilbertFields(config) : config),
    dtype: "float32",
    ...(labels.length > 0
      ? {
        id2label: Object.fromEntries(labels.map((label, i) => [i, label])),
        label2id: Object.fromEntries(labels.map((label, i) => [label, i])),
      }
      : {}),
  };
}

function distilbertFields(config: EncoderConfig): PublishedConfig {
  const {
    hidden_size,
    num_hidden_layers,
    num_attention_heads,
    intermediate_size,
    hidden_act,
    hidden_dropout_prob,
    attention_probs_dropout_prob,
    type_vocab_size: _,
    layer_norm_eps: __,
    ...fields
  } = config;
  return {
    ...fields,
    dim: hidden_size,
    n_layers: num_hidden_layers,
    n_heads: num_attention_heads,
    hidden_dim: intermediate_size,
    activation: hidden_act,
    dropout: hidden_dropout_prob,
    attention_dropout: attention_probs_dropout_prob,
  };
}
