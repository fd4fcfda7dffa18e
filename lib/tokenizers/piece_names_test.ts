import { strict as assert } from "node:assert";
import { pieceNames } from "./piece_names.ts";
import { readTokenizerSource } from "./tokenizer_source.ts";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

for (
  const [tokenizer, names] of [
    ["bytes", [[0, "<s>"], [4 + 0x61, "a"], [4 + 0x20, "Ġ"], [260, "<mask>"], [261, "#261"]]],
    ["tests/fixtures/tokenizers/unigram.json", [[0, "<s>"], [1, "<pad>"], [3000, "<mask>"]]],
    ["tests/fixtures/tokenizers/word_piece.json", [[1_000_000, "#1000000"]]],
  ] as [string, [number, string][]][]
) {
  Deno.test(`pieces of ${tokenizer} have names, each one its own`, async () => {
    const nameOf = pieceNames(await readTokenizerSource(tokenizer, root));
    for (const [id, name] of names) assert.equal(nameOf(id), name);
    const all = Array.from({ length: 3100 }, (_, id) => nameOf(id));
    assert.equal(new Set(all).size, all.length);
  });
}
