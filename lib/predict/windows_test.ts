import { strict as assert } from "node:assert";
import { CounterRandom } from "../core/random.ts";
import { windowsOf } from "./windows.ts";

/** `<s>`, words of so many pieces with a separator between, `</s>`: pieces are numbered. */
function sentenceOf(lengths: readonly number[], separators: boolean) {
  const inputIds = [0], wordIds = [-1];
  lengths.forEach((length, word) => {
    if (word > 0 && separators) {
      inputIds.push(1000 + inputIds.length);
      wordIds.push(-1);
    }
    for (let i = 0; i < length; i++) {
      inputIds.push(1000 + inputIds.length);
      wordIds.push(word);
    }
  });
  inputIds.push(2);
  wordIds.push(-1);
  return { inputIds, wordIds };
}

Deno.test("a sentence that fits is one window, as it is", () => {
  const pieces = sentenceOf([2, 1, 3], true);
  assert.deepEqual(windowsOf(pieces, 3, 10), [{
    words: [0, 1, 2],
    example: { ...pieces, typeIds: [], asked: [1, 4, 6], gold: [0, 0, 0] },
  }]);
});

Deno.test("a word is asked for where it has the most context", () => {
  // Six pieces a window beside the special tokens, overlapping by three.
  const windows = windowsOf(sentenceOf([1, 1, 1, 1, 1, 1, 1, 1, 1], false), 9, 8);
  assert.deepEqual(windows.map(({ words }) => words), [[0, 1, 2, 3, 4], [5, 6, 7, 8]]);
  assert.deepEqual(windows[1].example.inputIds, [0, 1004, 1005, 1006, 1007, 1008, 1009, 2]);
  assert.deepEqual(windows[1].example.asked, [3, 4, 5, 6]);
});

Deno.test("a word longer than a window is read by its first pieces", () => {
  const windows = windowsOf(sentenceOf([1, 20, 1], false), 3, 6);
  assert.deepEqual(windows.map(({ words }) => words), [[0], [1], [2]]);
  assert.deepEqual(windows[1].example.inputIds, [0, 1002, 1003, 1004, 1005, 2]);
});

Deno.test("every word is asked for once, at its own first piece, in windows that fit", () => {
  for (let seed = 0; seed < 2_000; seed++) {
    const random = new CounterRandom("windows", seed);
    const draw = (n: number) => Math.floor(random.uniform() * n);
    const lengths = Array.from({ length: 1 + draw(80) }, () => 1 + draw(seed % 2 ? 3 : 15));
    const pieces = sentenceOf(lengths, seed % 3 === 0);
    const most = 3 + draw(30);
    const asked: number[] = [];
    for (const { words, example } of windowsOf(pieces, lengths.length, most)) {
      assert.ok(example.inputIds.length <= most, `seed ${seed}`);
      assert.equal(example.inputIds[0], 0);
      assert.equal(example.inputIds.at(-1), 2);
      words.forEach((word, i) => {
        const piece = example.asked[i];
        assert.equal(example.inputIds[piece], pieces.inputIds[pieces.wordIds.indexOf(word)]);
        assert.equal(example.wordIds[piece], word);
        asked.push(word);
      });
    }
    assert.deepEqual(asked, lengths.map((_, i) => i), `seed ${seed}`);
  }
});

Deno.test("a sentence without words has no window, and a window needs room", () => {
  assert.deepEqual(windowsOf({ inputIds: [0, 2], wordIds: [-1, -1] }, 0, 8), []);
  assert.throws(() => windowsOf(sentenceOf([1], false), 1, 2), /windows of 2 pieces/);
});
