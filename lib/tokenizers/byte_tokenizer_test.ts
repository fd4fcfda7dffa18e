import { strict as assert } from "node:assert";
import { ByteTokenizer } from "./byte_tokenizer.ts";
import { firstPieces } from "./testdata/first_pieces.ts";

const tokenizer = new ByteTokenizer();

Deno.test("bytes with one space between words, and the first piece of each word", () => {
  const { inputIds, wordIds, lostWords } = tokenizer.encode(["a", "አ", "bc"], 64);
  assert.deepEqual(inputIds, [0, 101, 36, 229, 142, 164, 36, 102, 103, 2]);
  assert.deepEqual(wordIds, [-1, 0, -1, 1, 1, 1, -1, 2, 2, -1]);
  assert.deepEqual(firstPieces(wordIds), [1, 3, 7]);
  assert.equal(lostWords, 0);
});

Deno.test("words that do not fit whole are lost, and counted", () => {
  const words = ["abc", "de", "fgh"];
  const { inputIds, wordIds, lostWords } = tokenizer.encode(words, 8);
  assert.equal(inputIds.length, 8);
  assert.deepEqual(firstPieces(wordIds), [1, 5]);
  assert.equal(lostWords, 1);
  for (let maxTokens = 3; maxTokens < 20; maxTokens++) {
    const cut = tokenizer.encode(words, maxTokens);
    assert.ok(cut.inputIds.length <= maxTokens);
    assert.equal(firstPieces(cut.wordIds).length + cut.lostWords, 3);
  }
});

Deno.test("an empty word keeps its place", () => {
  const { inputIds, wordIds } = tokenizer.encode(["a", "", "b"], 64);
  assert.deepEqual(inputIds, [0, 101, 36, 3, 36, 102, 2]);
  assert.deepEqual(firstPieces(wordIds), [1, 3, 5]);
});
