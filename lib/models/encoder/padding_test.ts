import { strict as assert } from "node:assert";
import { parseEncoderConfig } from "./config.ts";
import { encoderPositions, longestInput, paddedBy } from "./families.ts";

const shape = {
  vocab_size: 261,
  hidden_size: 8,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  intermediate_size: 12,
  max_position_embeddings: 66,
};
const configOf = (model_type: string, pad_token_id: unknown) =>
  parseEncoderConfig({
    model_type,
    ...shape,
    dim: 8,
    n_layers: 1,
    n_heads: 2,
    hidden_dim: 12,
    pad_token_id,
  });

Deno.test("where positions count from 0, padding is the tokenizer's whatever config.json says", () => {
  for (const model of ["bert", "distilbert"]) {
    const configs = [0, 1, 5, 300, -1, null, undefined, "0"].map((padId) =>
      paddedBy(configOf(model, padId), 1)
    );
    for (const config of configs) {
      assert.deepEqual(config, configs[1]);
      assert.equal(config.pad_token_id, 1);
      assert.equal(longestInput(config), 66);
      assert.deepEqual(encoderPositions(config, [0, 1, 7, 1, 2]), [0, 1, 2, 3, 4]);
    }
  }
});

/**
 * `create_position_ids_from_input_ids` of transformers 5.23.0 on <s> a b </s>, on the same with
 * <pad> within, and on the bare pieces 5 and 6.
 */
const positions: [padId: number, ids: number[], positions: number[]][] = [
  [1, [0, 10, 11, 2], [2, 3, 4, 5]],
  [1, [0, 10, 1, 11, 2], [2, 3, 1, 4, 5]],
  [0, [0, 10, 11, 2], [0, 1, 2, 3]],
  [0, [0, 10, 1, 11, 2], [0, 1, 2, 3, 4]],
  [5, [0, 10, 11, 2], [6, 7, 8, 9]],
  [5, [5, 6, 5], [5, 6, 5]],
];

for (const [padId, ids, expected] of positions) {
  Deno.test(`where positions count from ${padId} + 1, [${ids}] has those of transformers`, () => {
    for (const model of ["xlm-roberta", "roberta"]) {
      const config = paddedBy(configOf(model, padId), 1);
      assert.equal(config.pad_token_id, padId);
      assert.deepEqual(encoderPositions(config, ids), expected);
      assert.equal(longestInput(config), 66 - padId - 1);
    }
  });
}
