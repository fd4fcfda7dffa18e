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
    type_vocab_size: 1,
    initializer_range: 0.02,
    layer_norm_eps: 1e-5,
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
