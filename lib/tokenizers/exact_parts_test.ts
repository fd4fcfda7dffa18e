import { strict as assert } from "node:assert";
import { gunzipSync } from "node:zlib";
import { sha256 } from "../core/sha256.ts";
import { exactTokenizer } from "./exact_parts.ts";
import { pieceIdsOf } from "./piece_ids.ts";
import { checkTokenizerJson } from "./tokenizer_json.ts";

const fixtures = new URL("../../tests/fixtures/tokenizers/", import.meta.url);
const characterMap = Uint8Array.from(
  gunzipSync(await Deno.readFile(new URL("nmt_nfkc.gz", fixtures))),
).toBase64();

/** Written by scripts/references/characters.py. */
const { cases }: {
  cases: {
    part: "normalizer" | "pre_tokenizer";
    json: { type: string; lowercase?: boolean };
    /** The character stands for X. */
    form: string;
    digests: string;
  }[];
} = JSON.parse(await Deno.readTextFile(new URL("characters.json", fixtures)));

/** The characters of planes 0 to 3 and 14 but surrogates, by 4,096. */
const blocks = [0, 1, 2, 3, 14].flatMap((plane) =>
  Array.from({ length: 16 }, (_, i) => (plane << 16) + 4096 * i)
).map((start) =>
  Array.from({ length: 4096 }, (_, i) => start + i).filter((c) => c < 0xd800 || c >= 0xe000)
    .map((c) => String.fromCodePoint(c))
);

function read(
  part: "normalizer" | "pre_tokenizer",
  json: { type: string },
): (text: string) => unknown {
  const content = checkTokenizerJson({
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: null,
    [part]: json.type === "Precompiled" ? { ...json, precompiled_charsmap: characterMap } : json,
    post_processor: null,
    decoder: null,
    model: { type: "WordPiece", vocab: {}, unk_token: "", continuing_subword_prefix: "" },
  }, "the case");
  const { normalizer, pre_tokenizer } = exactTokenizer(content, pieceIdsOf(content), {});
  return (text) => normalizer ? normalizer.normalize(text) : pre_tokenizer!.pre_tokenize(text);
}

/**
 * Blocks with characters that are read otherwise, as Python's tables are older: NFKC of 170
 * characters that came after Unicode 9 (of these U+32FF, the era Reiwa, is one to meet); uncased
 * BERT removes marks and lowers letters of Unicode 8 only.
 */
const divergences: Record<string, number[]> = {
  'NFKC of "aXb"': [0x3000, 0xA000, 0x10000, 0x1C000, 0x1E000, 0x1F000],
  'BertNormalizer in lower case of "aXb"': [
    0x0000,
    0x1000,
    0xA000,
    0x10000,
    0x11000,
    0x13000,
    0x16000,
    0x1C000,
    0x1E000,
  ],
};

for (const { part, json, form, digests } of cases) {
  const name = `${json.type}${json.lowercase ? " in lower case" : ""} of "${form}"`;
  Deno.test(`${name} is that of Python's tokenizers for every character X`, () => {
    const reads = read(part, json);
    const expected = digests.split(" ");
    assert.equal(blocks.length, expected.length);
    const different = blocks.flatMap((chars, i) => {
      const results = chars.map((char) => reads(form.replace("X", () => char)));
      return sha256(JSON.stringify(results)).startsWith(expected[i]) ? [] : [chars[0]];
    });
    assert.deepEqual(different.map((char) => char.codePointAt(0)), divergences[name] ?? []);
  });
}
