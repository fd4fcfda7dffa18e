import { strict as assert } from "node:assert";
import { fileURLToPath } from "node:url";
import { noLabel } from "./batching.ts";
import { ByteTokenizer } from "../tokenizers/byte_tokenizer.ts";
import { maskPieces } from "./masking.ts";
import { createTokenizer, readTokenizerSource } from "../tokenizers/tokenizer_source.ts";

const tokenizer = new ByteTokenizer();
const words = "the lake lies between two hills and a road".split(" ");
const encoding = tokenizer.encode(words, 512);
const own = encoding.wordIds.filter((word) => word >= 0).length;

Deno.test("15 % of the words' pieces are guessed, and the others stay as they are", () => {
  const { inputIds, labels } = maskPieces(encoding, tokenizer, 1, 0, 0);
  const chosen = labels.flatMap((label, i) => label === noLabel ? [] : [i]);
  assert.equal(chosen.length, Math.round(0.15 * own));
  for (const [i, id] of encoding.inputIds.entries()) {
    if (chosen.includes(i)) {
      assert.equal(labels[i], id);
      assert.ok(encoding.wordIds[i] >= 0);
    } else assert.equal(inputIds[i], id);
  }
});

Deno.test("of the guessed pieces 80 % are hidden, 10 % replaced and 10 % left", () => {
  let hidden = 0, replaced = 0, left = 0;
  for (let sentence = 0; sentence < 2000; sentence++) {
    const { inputIds, labels } = maskPieces(encoding, tokenizer, 1, 0, sentence);
    labels.forEach((label, i) => {
      if (label === noLabel) return;
      if (inputIds[i] === tokenizer.maskId) hidden++;
      else if (inputIds[i] === label) left++;
      else replaced++;
    });
  }
  const total = hidden + replaced + left;
  // Three standard deviations of 10,000 draws are 1.2 and 0.9 %.
  assert.ok(Math.abs(hidden / total - 0.8) < 0.012, `${hidden} of ${total}`);
  assert.ok(Math.abs(replaced / total - 0.1) < 0.009, `${replaced} of ${total}`);
  assert.ok(Math.abs(left / total - 0.1) < 0.009, `${left} of ${total}`);
});

Deno.test("masks depend on seed, epoch and sentence", () => {
  const first = maskPieces(encoding, tokenizer, 1, 0, 0);
  assert.deepEqual(maskPieces(encoding, tokenizer, 1, 0, 0), first);
  for (const key of [[2, 0, 0], [1, 1, 0], [1, 0, 1]]) {
    assert.notDeepEqual(maskPieces(encoding, tokenizer, ...key), first);
  }
});

Deno.test("a short sentence has one piece to guess, an empty one none", () => {
  const count = (tokens: string[]) =>
    maskPieces(tokenizer.encode(tokens, 16), tokenizer, 1).labels
      .filter((label) => label !== noLabel).length;
  assert.deepEqual([count(["a"]), count(["abc"]), count([])], [1, 1, 0]);
});

Deno.test("the mask is the tokenizer's own; without one nothing can be masked", async () => {
  const folder = fileURLToPath(new URL("../../tests/fixtures/tokenizers", import.meta.url));
  const wordPiece = createTokenizer(await readTokenizerSource("word_piece.json", folder));
  const unmasked = { vocabSize: wordPiece.vocabSize, maskId: undefined };
  const encoding = wordPiece.encode(words, 64);
  const { inputIds } = maskPieces(encoding, wordPiece, 1, 0, 0);
  assert.ok(wordPiece.maskId !== undefined && inputIds.includes(wordPiece.maskId));
  assert.throws(() => maskPieces(encoding, unmasked, 1), /no piece for it, such as <mask>/);
});
