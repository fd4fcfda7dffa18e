import { strict as assert } from "node:assert";
import { encoderBatch, maskedScore } from "./batch.ts";
import { parseEncoderConfig } from "./config.ts";

const shape = {
  vocab_size: 23,
  hidden_size: 12,
  num_hidden_layers: 1,
  num_attention_heads: 3,
  intermediate_size: 20,
  max_position_embeddings: 12,
};
const roberta = parseEncoderConfig({ model_type: "xlm-roberta", ...shape, pad_token_id: 1 });
const bert = parseEncoderConfig({ model_type: "bert", ...shape, pad_token_id: 9 });

const example = (inputIds: number[], asked: number[], gold: number[], typeIds: number[] = []) => ({
  inputIds,
  typeIds,
  wordIds: inputIds.map((_, i) => i),
  asked,
  gold,
});
const long = example([0, 10, 11, 13, 14, 2], [1, 4], [3, 4]);
const short = example([0, 12, 2], [1], [0], [0, 1, 1]);
const two = example([0, 2], [0], [5]);

Deno.test("a batch holds ids, positions, mask and what is asked at their places", () => {
  // The long one fills a row; the two others share one, with one place left.
  const { feeds, sizes, pieces, weight, asked, rows } = encoderBatch(roberta, [short, long, two]);
  const numbers = (name: string) => Array.from(feeds[name].data, Number);
  assert.deepEqual([sizes, pieces, weight], [{ B: 2, T: 6, M: 4 }, 11, 4]);
  assert.deepEqual(numbers("inputIds"), [0, 10, 11, 13, 14, 2, 0, 12, 2, 0, 2, 1]);
  assert.deepEqual(numbers("positionIds").slice(6), [2, 3, 4, 2, 3, 1]);
  assert.deepEqual(numbers("labelPositions"), [7, 1, 4, 9]);
  assert.deepEqual(numbers("labels"), [0, 3, 4, 5]);
  assert.deepEqual(asked, [1, 2, 1]);
  const bias = numbers("attentionBias");
  assert.ok(bias.every((each) => each === 0 || each === maskedScore));
  const seen = bias.map((each) => each === 0 ? 1 : 0);
  assert.deepEqual(seen.slice(0, 36), Array(36).fill(1));
  const [first, second, none] = [[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 0], [0, 0, 0, 0, 0, 0]];
  assert.deepEqual(seen.slice(36), [first, first, first, second, second, none].flat());
  // Row t · B + b of the encoder reads these rows of its tables.
  assert.deepEqual(
    Array.from(rows["roberta.embeddings.word_embeddings.weight"], Number),
    [0, 0, 10, 12, 11, 2, 13, 0, 14, 2, 2, 1],
  );
  assert.deepEqual(
    Array.from(rows["roberta.embeddings.position_embeddings.weight"], Number),
    [2, 2, 3, 3, 4, 4, 5, 2, 6, 3, 7, 1],
  );
  assert.equal("tokenTypeIds" in feeds, false);
});

Deno.test("padding and first position are the family's, and token types are fed where asked for", () => {
  const { feeds } = encoderBatch(bert, [short, two], true);
  const numbers = (name: string) => Array.from(feeds[name].data, Number);
  assert.deepEqual(numbers("inputIds"), [0, 12, 2, 0, 2, 9]);
  assert.deepEqual(numbers("positionIds"), [0, 1, 2, 0, 1, 0]);
  assert.deepEqual(numbers("tokenTypeIds"), [0, 1, 1, 0, 0, 0]);
});

Deno.test("a batch in which nothing is asked has no weight", () => {
  const { weight, sizes, asked } = encoderBatch(bert, [example([0, 3, 2], [], [])]);
  assert.deepEqual([weight, sizes.M, asked], [0, 0, [0]]);
});
