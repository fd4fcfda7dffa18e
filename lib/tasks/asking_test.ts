import { strict as assert } from "node:assert";
import { ByteTokenizer } from "../tokenizers/byte_tokenizer.ts";
import { askNothing, askText, askWords, wordsOf } from "./asking.ts";

const tokenizer = new ByteTokenizer();
const words = ["ab", "c", "de"];

Deno.test("labels are asked at the first piece of a word, or at all of them with B- repeated", () => {
  const of = (labelled: "first" | "all", maxTokens = 64) => {
    const { asked, gold } = askWords(tokenizer, words, [1, 2, 0], maxTokens, labelled);
    return asked.map((piece, i) => [piece, gold[i]]);
  };
  assert.deepEqual(of("first"), [[1, 1], [4, 2], [6, 0]]);
  assert.deepEqual(of("all"), [[1, 1], [2, 1], [4, 2], [6, 0], [7, 0]]);
  assert.deepEqual(of("first", 8), [[1, 1], [4, 2]]);
});

Deno.test("a text's class is asked at its first piece", () => {
  const { asked, gold, inputIds } = askText(tokenizer, " ab  c\n", 1, 64);
  assert.deepEqual([asked, gold], [[0], [1]]);
  assert.deepEqual(inputIds, tokenizer.encode(["ab", "c"], 64).inputIds);
});

for (
  const [text, maxTokens, kept, lost] of [
    ["ab cd", 7, "ab cd", 0],
    ["ab cd", 6, "ab c", 1],
    ["ab cd", 5, "ab ", 1],
    ["ab cd", 4, "ab", 1],
    ["ab cd", 3, "a", 2],
    ["日本", 6, "日", 1],
    ["", 3, "", 0],
  ] as const
) {
  Deno.test(`"${text}" in ${maxTokens} pieces is "${kept}", with ${lost} words cut off`, () => {
    for (
      const { inputIds, wordIds, lostWords } of [
        askText(tokenizer, text, 0, maxTokens),
        askNothing(tokenizer, wordsOf(text), maxTokens),
      ]
    ) {
      const bytes = Uint8Array.from(inputIds.slice(1, -1), (id) => id - 4);
      assert.equal(new TextDecoder().decode(bytes).replaceAll("\ufffd", ""), kept);
      assert.equal(inputIds.length, wordIds.length);
      assert.ok(inputIds.length <= maxTokens);
      assert.deepEqual([inputIds[0], inputIds.at(-1)], [0, 2]);
      assert.equal(lostWords, lost);
    }
  });
}

Deno.test("in raw text nothing is asked", () => {
  const { asked, gold } = askNothing(tokenizer, words, 64);
  assert.deepEqual([asked, gold], [[], []]);
});
