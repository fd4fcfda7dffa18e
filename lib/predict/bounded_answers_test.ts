import { strict as assert } from "node:assert";
import type { Example } from "../models/model.ts";
import { batchesOf, mostAsked } from "./bounded_answers.ts";

/** A sentence of so many pieces, the first of which are asked. */
function sentence(pieces: number, asked: number): Example {
  const ids = Array.from({ length: pieces }, (_, i) => i);
  return {
    inputIds: ids,
    typeIds: [],
    wordIds: ids,
    asked: ids.slice(0, asked),
    gold: ids.slice(0, asked).map((id) => id + 100),
  };
}

for (
  const [about, sentences, most, batches] of [
    ["the shorter first", [[9, 2], [4, 1], [6, 2]], 10, [[[1, 1], [2, 2], [0, 2]]]],
    ["as many as there is room for", [[4, 3], [5, 3], [6, 3]], 6, [[[0, 3], [1, 3]], [[2, 3]]]],
    ["nothing asked, nothing read", [[4, 0], [5, 1], [6, 0]], 6, [[[1, 1]]]],
    ["a sentence with too many questions is read again", [[9, 7], [4, 1]], 3, [
      [[1, 1]],
      [[0, 3]],
      [[0, 3]],
      [[0, 1]],
    ]],
    ["no sentences", [], 3, []],
  ] as [string, [number, number][], number, [number, number][][]][]
) {
  Deno.test(`bounded batches: ${about}`, () => {
    const examples = sentences.map(([pieces, asked]) => sentence(pieces, asked));
    const found = batchesOf(examples, most);
    assert.deepEqual(
      found.map((parts) => parts.map(({ place, example }) => [place, example.asked.length])),
      batches,
    );
    for (const [i, example] of examples.entries()) {
      const parts = found.flat().filter(({ place }) => place === i).map(({ example }) => example);
      assert.deepEqual(parts.flatMap(({ asked }) => asked), example.asked);
      assert.deepEqual(parts.flatMap(({ gold }) => gold), example.gold);
    }
  });
}

Deno.test("a batch has at most 32 sentences, and logits of at most 128 MiB", () => {
  const examples = Array.from({ length: 70 }, () => sentence(4, 1));
  assert.deepEqual(batchesOf(examples, 1000).map(({ length }) => length), [32, 32, 6]);
  assert.equal(mostAsked(250_037), 134);
  assert.equal(mostAsked(2 ** 40), 1);
});
