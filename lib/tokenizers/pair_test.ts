import { strict as assert } from "node:assert";
import { byteSpecials, ByteTokenizer } from "./byte_tokenizer.ts";
import { encodePair, type Pieces } from "./pair.ts";
import type { TemplatePart } from "./post_processor.ts";

/** Two pieces a word. */
function pieces(count: number): Pieces {
  const ids = Array.from({ length: count }, (_, i) => 10 + i);
  return { ids, wordIds: ids.map((_, i) => Math.floor(i / 2)), emptyWords: 0 };
}

const bert: readonly TemplatePart[] = [
  { id: 0, type: 0 },
  { sentence: "A", type: 0 },
  { id: 1, type: 0 },
  { sentence: "B", type: 1 },
  { id: 1, type: 1 },
];

Deno.test("every piece knows its sentence, word and type", () => {
  const encoding = encodePair(pieces(3), pieces(2), bert, 8);
  assert.deepEqual(encoding, {
    inputIds: [0, 10, 11, 12, 1, 10, 11, 1],
    wordIds: [-1, 0, 0, 1, -1, 0, 0, -1],
    sentenceIds: [-1, 0, 0, 0, -1, 1, 1, -1],
    typeIds: [0, 0, 0, 0, 0, 1, 1, 1],
    lostWords: [0, 0],
    emptyWords: 0,
  });
});

const cuts: [a: number, b: number, room: number, kept: [number, number], lost: [number, number]][] =
  [
    [6, 4, 10, [6, 4], [0, 0]],
    [8, 2, 7, [5, 2], [2, 0]],
    [2, 8, 7, [2, 5], [0, 2]],
    [8, 6, 7, [4, 3], [2, 2]],
    [6, 6, 7, [3, 4], [2, 1]],
    [1, 9, 2, [1, 1], [0, 5]],
    [0, 9, 4, [0, 4], [0, 3]],
  ];

for (const [a, b, room, kept, lost] of cuts) {
  Deno.test(`${a} and ${b} pieces in the room of ${room}: the longer is cut first`, () => {
    const { sentenceIds, lostWords } = encodePair(pieces(a), pieces(b), bert, room + 3);
    assert.deepEqual([0, 1].map((k) => sentenceIds.filter((each) => each === k).length), kept);
    assert.deepEqual(lostWords, lost);
  });
}

Deno.test("a pair needs a template and room", () => {
  assert.throws(
    () => encodePair(pieces(2), pieces(2), bert, 4),
    { message: "Cannot encode a pair into 4 tokens: at least 5 are needed" },
  );
  assert.throws(
    () => encodePair(pieces(2), pieces(2), [], 64),
    { message: "Cannot encode a pair: the tokenizer has no template for it" },
  );
});

Deno.test("bytes: <s> A </s></s> B </s>, and separators are no words that are lost", () => {
  const { bos, eos } = byteSpecials;
  const encoding = new ByteTokenizer().encodePair(["a", "b"], ["cd", ""], 64);
  const [a, b, c, d, space] = [..."abcd "].map((char) => char.charCodeAt(0) + 4);
  assert.deepEqual(encoding.inputIds, [bos, a, space, b, eos, eos, c, d, space, 3, eos]);
  assert.deepEqual(encoding.wordIds, [-1, 0, -1, 1, -1, -1, 0, 0, -1, 1, -1]);
  assert.deepEqual([encoding.emptyWords, encoding.typeIds.some((type) => type > 0)], [1, false]);
  assert.deepEqual(new ByteTokenizer().encodePair(["a", "b"], ["cd", ""], 8).lostWords, [1, 1]);
});
