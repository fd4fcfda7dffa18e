import { strict as assert } from "node:assert";
import { parseEncoderConfig } from "./config.ts";

const base = {
  model_type: "xlm-roberta",
  architectures: ["XLMRobertaForMaskedLM"],
  vocab_size: 250002,
  hidden_size: 768,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  intermediate_size: 3072,
  max_position_embeddings: 514,
};

Deno.test("a published config.json is read, and fields it leaves out have their defaults", () => {
  assert.deepEqual(parseEncoderConfig(base), {
    model_type: "xlm-roberta",
    vocab_size: 250002,
    hidden_size: 768,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    intermediate_size: 3072,
    hidden_act: "gelu",
    hidden_dropout_prob: 0.1,
    attention_probs_dropout_prob: 0.1,
    max_position_embeddings: 514,
    type_vocab_size: 2,
    initializer_range: 0.02,
    layer_norm_eps: 1e-12,
    pad_token_id: 1,
  });
});

Deno.test("a width that heads cannot share is named with both numbers", () => {
  assert.throws(() => parseEncoderConfig({ ...base, num_attention_heads: 10 }), {
    name: "UserError",
    message: 'Cannot use encoder config as "hidden_size" is wrong: ' +
      "must be divisible by num_attention_heads: got 768 and 10",
  });
});

Deno.test("every wrong field is named at once", () => {
  assert.throws(
    () => parseEncoderConfig({ ...base, vocab_size: 0, hidden_act: "relu" }),
    ({ message }: Error) => message.includes('"vocab_size"') && message.includes('"hidden_act"'),
  );
});

Deno.test("DistilBERT's fields are read under the names of BERT's", () => {
  const config = parseEncoderConfig({
    model_type: "distilbert",
    architectures: ["DistilBertForMaskedLM"],
    vocab_size: 119547,
    dim: 768,
    n_layers: 6,
    n_heads: 12,
    hidden_dim: 3072,
    activation: "gelu",
    dropout: 0.2,
    attention_dropout: 0.3,
    seq_classif_dropout: 0.4,
    sinusoidal_pos_embds: false,
    max_position_embeddings: 512,
    pad_token_id: 0,
  });
  assert.deepEqual(config, {
    model_type: "distilbert",
    vocab_size: 119547,
    hidden_size: 768,
    num_hidden_layers: 6,
    num_attention_heads: 12,
    intermediate_size: 3072,
    hidden_act: "gelu",
    hidden_dropout_prob: 0.2,
    attention_probs_dropout_prob: 0.3,
    seq_classif_dropout: 0.4,
    max_position_embeddings: 512,
    sinusoidal_pos_embds: false,
    type_vocab_size: 0,
    initializer_range: 0.02,
    layer_norm_eps: 1e-12,
    pad_token_id: 0,
  });
});

Deno.test("DistilBERT's wrong fields are named as its config.json has them", () => {
  const tiny = { model_type: "distilbert", vocab_size: 9, dim: 10, n_layers: 1, n_heads: 4 };
  assert.throws(() => parseEncoderConfig({ ...tiny, hidden_dim: 0 }), /"hidden_dim" is wrong/);
  assert.throws(() => parseEncoderConfig({ ...tiny, hidden_dim: 8 }), {
    message: 'Cannot use encoder config as "dim" is wrong: ' +
      "must be divisible by n_heads: got 10 and 4",
  });
});

Deno.test("an encoder of another family is refused with the families there are", () => {
  assert.throws(() => parseEncoderConfig({ ...base, model_type: "gpt2" }), {
    name: "UserError",
    message: 'Cannot use encoder config as "model_type" is wrong: ' +
      'must be one of xlm-roberta, roberta, bert, distilbert: got "gpt2"',
  });
});
