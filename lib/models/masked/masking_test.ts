import { strict as assert } from "node:assert";
import { askNothing } from "../../tasks/asking.ts";
import { ByteTokenizer } from "../../tokenizers/byte_tokenizer.ts";
import { maskPieces } from "./masking.ts";

const tokenizer = new ByteTokenizer();
const words = "the lake lies between two hills and a road".split(" ");
const example = askNothing(tokenizer, words, 512);
const own = example.wordIds.filter((word) => word >= 0).length;

Deno.test("15 % of the words' pieces are guessed, and the others stay as they are", () => {
  const { inputIds, asked, gold } = maskPieces(example, tokenizer, 1, 0, 0);
  assert.equal(asked.length, Math.round(0.15 * own));
  assert.deepEqual(asked, asked.toSorted((a, b) => a - b));
  for (const [i, id] of example.inputIds.entries()) {
    const place = asked.indexOf(i);
    if (place < 0) assert.equal(inputIds[i], id);
    else {
      assert.equal(gold[place], id);
      assert.ok(example.wordIds[i] >= 0);
    }
  }
});

Deno.test("of the guessed pieces 80 % are hidden, 10 % replaced and 10 % left", () => {
  let hidden = 0, replaced = 0, left = 0;
  for (let sentence = 0; sentence < 2000; sentence++) {
    const { inputIds, asked, gold } = maskPieces(example, tokenizer, 1, 0, sentence);
    asked.forEach((i, k) => {
      if (inputIds[i] === tokenizer.maskId) hidden++;
      else if (inputIds[i] === gold[k]) left++;
      else replaced++;
    });
  }
  const total = hidden + replaced + left;
  // Three standard deviations of 10,000 draws are 1.2 and 0.9 %.
  assert.ok(Math.abs(hidden / total - 0.8) < 0.012, `${hidden} of ${total}`);
  assert.ok(Math.abs(replaced / total - 0.1) < 0.009, `${replaced} of ${total}`);
  assert.ok(Math.abs(left / total - 0.1) < 0.009, `${left} of ${total}`);
});

Deno.test("masks depend on seed, epoch and place", () => {
  const first = maskPieces(example, tokenizer, 1, 0, 0);
  assert.deepEqual(maskPieces(example, tokenizer, 1, 0, 0), first);
  for (const key of [[2, 0, 0], [1, 1, 0], [1, 0, 1]]) {
    assert.notDeepEqual(maskPieces(example, tokenizer, ...key), first);
  }
});

Deno.test("a short sentence has one piece to guess, an empty one none", () => {
  const count = (tokens: string[]) =>
    maskPieces(askNothing(tokenizer, tokens, 16), tokenizer, 1).asked.length;
  assert.deepEqual([count(["a"]), count(["abc"]), count([])], [1, 1, 0]);
});
