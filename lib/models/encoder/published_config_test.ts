import { strict as assert } from "node:assert";
import { parseEncoderConfig } from "./config.ts";
import { publishedConfig } from "./published_config.ts";

const distilbert = {
  model_type: "distilbert",
  vocab_size: 23,
  dim: 12,
  n_layers: 1,
  n_heads: 3,
  hidden_dim: 20,
  activation: "gelu",
  dropout: 0.1,
  attention_dropout: 0.1,
  seq_classif_dropout: 0.2,
  max_position_embeddings: 12,
  sinusoidal_pos_embds: false,
  initializer_range: 0.02,
  pad_token_id: 0,
};

Deno.test("a config is written in its family's own fields, and reads as itself", () => {
  const config = parseEncoderConfig(distilbert);
  const published = publishedConfig(config, "TokenClassification", ["O", "B-PER"]);
  assert.deepEqual(published, {
    architectures: ["DistilBertForTokenClassification"],
    ...distilbert,
    dtype: "float32",
    id2label: { 0: "O", 1: "B-PER" },
    label2id: { "O": 0, "B-PER": 1 },
  });
  assert.deepEqual(parseEncoderConfig(published), config);
});

Deno.test("fields of the original config.json are kept, but for the type of its weights", () => {
  const original = {
    model_type: "bert",
    architectures: ["BertForMaskedLM"],
    vocab_size: 23,
    hidden_size: 12,
    num_hidden_layers: 1,
    num_attention_heads: 3,
    intermediate_size: 20,
    directionality: "bidi",
    torch_dtype: "float16",
  };
  const published = publishedConfig(
    parseEncoderConfig(original),
    "SequenceClassification",
    ["no", "yes"],
    original,
  );
  assert.equal(published.directionality, "bidi");
  assert.deepEqual(published.architectures, ["BertForSequenceClassification"]);
  assert.equal(published.dtype, "float32");
  assert.ok(!("torch_dtype" in published));
});

Deno.test("what names code of a stranger is not carried into a model", () => {
  const original = {
    auto_map: { AutoModel: "evil--model.Model" },
    custom_pipelines: { x: { impl: "x.X" } },
    kept: 1,
  };
  const config = publishedConfig(parseEncoderConfig(distilbert), "MaskedLM", [], original);
  assert.deepEqual([config.auto_map, config.custom_pipelines, config.kept], [
    undefined,
    undefined,
    1,
  ]);
});
