import { strict as assert } from "node:assert";
import { wordTags } from "./word_tags.ts";

Deno.test("words that were cut off are O, the others as predicted", () => {
  const labels = ["O", "B-PER", "I-PER"];
  assert.deepEqual(wordTags([1, 2, 0], 5, labels), ["B-PER", "I-PER", "O", "O", "O"]);
  assert.deepEqual(wordTags([], 2, labels), ["O", "O"]);
  assert.deepEqual(wordTags([], 0, labels), []);
});
