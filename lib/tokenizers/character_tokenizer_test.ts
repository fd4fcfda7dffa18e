import { strict as assert } from "node:assert";
import { characterTokenizerJson } from "./character_tokenizer.ts";
import { HubTokenizer } from "./hub_tokenizer.ts";

const sentences = [
  ["Ẹ̀kọ́", "አዲስ", "naïve", "👩🏽"],
  ["Ẹ̀kọ́", "አዲስ", "naive", "👩🏽", "1", "__proto__"],
];

function tokenizerOf(atLeast: number) {
  const json = JSON.parse(characterTokenizerJson(sentences, atLeast));
  return { json, tokenizer: new HubTokenizer(json, undefined, "tokenizer.json") };
}

Deno.test("a piece is a code point of the sentences, and words keep their pieces apart", () => {
  const { json, tokenizer } = tokenizerOf(1);
  const [words] = sentences;
  const { inputIds, wordIds } = tokenizer.encode(words, 512);
  const pieces = words.flatMap((word, w) => [...word].map((character) => [character, w]));
  const byId = new Map(Object.entries(json.model.vocab).map(([piece, id]) => [id, piece]));
  assert.deepEqual(
    inputIds.map((id, i) => [byId.get(id), wordIds[i]]),
    [["<s>", -1], ...pieces, ["</s>", -1]],
  );
  assert.equal(json.model.vocab["👩"] > 3, true);
});

Deno.test("what training has seldom or never is unknown, a piece for each character", () => {
  const { json, tokenizer } = tokenizerOf(2);
  assert.equal(json.model.vocab["ï"], undefined);
  const unknown = json.model.vocab["<unk>"];
  const { inputIds, wordIds } = tokenizer.encode(["naïve", "世界", ""], 512);
  assert.deepEqual(wordIds, [-1, 0, 0, 0, 0, 0, 1, 1, 2, -1]);
  assert.deepEqual(
    inputIds.map((id) => id === unknown),
    [false, false, false, true, false, false, true, true, true, false],
  );
});

Deno.test("equal sentences give equal bytes, in any order; halves of a character are one unknown", () => {
  assert.equal(
    characterTokenizerJson(sentences.toReversed(), 1),
    characterTokenizerJson(sentences, 1),
  );
  const { json, tokenizer } = tokenizerOf(1);
  const { inputIds } = tokenizer.encode(["a\uD83D"], 512);
  assert.deepEqual(inputIds, [0, json.model.vocab.a, 3, 2]);
});

Deno.test("a word of 10,000 characters has as many pieces", () => {
  const { tokenizer } = tokenizerOf(1);
  assert.equal(tokenizer.encode(["na".repeat(5_000)], 20_000).inputIds.length, 10_002);
});
