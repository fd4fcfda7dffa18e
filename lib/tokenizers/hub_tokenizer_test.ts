import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { HubTokenizer } from "./hub_tokenizer.ts";
import { firstPieces } from "./testdata/first_pieces.ts";

const template = {
  type: "TemplateProcessing",
  single: [
    { SpecialToken: { id: "<s>", type_id: 0 } },
    { Sequence: { id: "A", type_id: 0 } },
    { SpecialToken: { id: "</s>", type_id: 0 } },
  ],
  pair: [],
  special_tokens: {
    "<s>": { id: "<s>", ids: [0], tokens: ["<s>"] },
    "</s>": { id: "</s>", ids: [2], tokens: ["</s>"] },
  },
};

/** XLM-R's form with a handful of pieces. */
const unigram = {
  added_tokens: [
    { id: 0, content: "<s>", special: true },
    { id: 1, content: "<pad>", special: true },
    { id: 2, content: "</s>", special: true },
    { id: 3, content: "<unk>", special: true },
    { id: 9, content: "<mask>", special: true },
  ],
  normalizer: null,
  pre_tokenizer: {
    type: "Sequence",
    pretokenizers: [
      { type: "WhitespaceSplit" },
      { type: "Metaspace", replacement: "▁", prepend_scheme: "always" },
    ],
  },
  post_processor: template,
  decoder: null,
  model: {
    type: "Unigram",
    unk_id: 3,
    vocab: [
      ["<s>", 0],
      ["<pad>", 0],
      ["</s>", 0],
      ["<unk>", 0],
      ["▁", -3],
      ["a", -2],
      ["b", -2.5],
      ["▁ab", -1],
      ["ba", -1.5],
    ],
  },
};

/** RoBERTa's form. */
const byteLevel = {
  ...unigram,
  added_tokens: unigram.added_tokens.slice(0, 4),
  pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true },
  post_processor: { type: "RobertaProcessing", sep: ["</s>", 2], cls: ["<s>", 0] },
  model: {
    type: "BPE",
    vocab: { "<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, a: 4, b: 5, "Ġ": 6, "Ġa": 7 },
    merges: ["Ġ a"],
  },
};

const tokenizer = new HubTokenizer(unigram, undefined, "tokenizer.json");

Deno.test("words are encoded one by one, between the special tokens of the template", () => {
  const { inputIds, wordIds, lostWords, emptyWords } = tokenizer.encode(["ab", "ba", "abz"], 64);
  assert.deepEqual(inputIds, [0, 7, 4, 8, 7, 3, 2]);
  assert.deepEqual(wordIds, [-1, 0, 1, 1, 2, 2, -1]);
  assert.deepEqual([lostWords, emptyWords], [0, 0]);
  assert.deepEqual([tokenizer.vocabSize, tokenizer.padId], [10, 1]);
});

Deno.test("words without a piece keep their place, and are counted", () => {
  const { inputIds, wordIds, emptyWords } = tokenizer.encode(["", "ab", "\u3000", " "], 64);
  assert.deepEqual(inputIds, [0, 3, 7, 3, 3, 2]);
  assert.deepEqual(firstPieces(wordIds), [1, 2, 3, 4]);
  assert.equal(emptyWords, 3);
});

Deno.test("words that do not fit whole are lost, and counted", () => {
  const words = ["ab", "ba", "abba", "", "a"];
  for (let maxTokens = 3; maxTokens < 16; maxTokens++) {
    const { inputIds, wordIds, lostWords } = tokenizer.encode(words, maxTokens);
    assert.ok(inputIds.length <= maxTokens);
    assert.equal(inputIds.at(-1), 2);
    assert.equal(firstPieces(wordIds).length + lostWords, words.length);
  }
  assert.equal(tokenizer.encode(words, 4).lostWords, 4);
  assert.throws(() => tokenizer.encode(words, 2), /Cannot encode into 2 tokens: at least 3/);
});

Deno.test("pieces are the same whether few words, many or none are kept", () => {
  const words = ["ab", "ba", "ab", "abba", "ba", "ab", "a"];
  const expected = tokenizer.encode(words, 64);
  for (const cachedWords of [0, 1, 2, 3]) {
    const bounded = new HubTokenizer(unigram, undefined, "tokenizer.json", cachedWords);
    for (let i = 0; i < 2; i++) assert.deepEqual(bounded.encode(words, 64), expected);
  }
});

Deno.test("a character map that cannot be read is refused with the file", () => {
  const json = { ...unigram, normalizer: { type: "Precompiled", precompiled_charsmap: "AAA=" } };
  assert.throws(
    () => new HubTokenizer(json, undefined, "x/tokenizer.json"),
    /^UserError: Cannot use x\/tokenizer.json: Cannot read a character map of 2 bytes: its trie/,
  );
});

Deno.test("byte-level BPE sees a space before every word but the first", () => {
  const plain = new HubTokenizer(byteLevel, undefined, "tokenizer.json");
  assert.deepEqual(plain.encode(["a", "a", "b"], 64).inputIds, [0, 4, 7, 6, 5, 2]);
  const prefixed = {
    ...byteLevel,
    pre_tokenizer: { ...byteLevel.pre_tokenizer, add_prefix_space: true },
  };
  assert.deepEqual(
    new HubTokenizer(prefixed, undefined, "tokenizer.json").encode(["a", "a", "b"], 64).inputIds,
    [0, 7, 7, 6, 5, 2],
  );
});

Deno.test("padding and the unknown piece can be named by the configuration", () => {
  const json = structuredClone(byteLevel);
  json.added_tokens = json.added_tokens.filter(({ id }) => id !== 1 && id !== 3);
  json.model.vocab = Object.fromEntries(
    Object.entries(json.model.vocab).map((
      [piece, id],
    ) => [piece.replace(/^<(pad|unk)>/, "$1!"), id]),
  ) as typeof json.model.vocab;
  const config = { pad_token: "pad!", unk_token: { content: "unk!" } };
  assert.equal(new HubTokenizer(json, config, "tokenizer.json").padId, 1);
  assert.throws(
    () => new HubTokenizer(json, undefined, "tokenizer.json"),
    /Cannot use tokenizer.json: it has no padding piece, under none of the names "<pad>", "\[PAD\]"/,
  );
});

const wrong: [string, unknown, RegExp][] = [
  [
    "another model",
    { ...unigram, model: { type: "WordLevel", vocab: {} } },
    /^Cannot use x\/tokenizer.json: its model's type must be one of Unigram, WordPiece, BPE: got "WordLevel"$/,
  ],
  ["a list", [], /^Cannot use x\/tokenizer.json: the file: Invalid input: expected object/],
  ["no model", { ...unigram, model: undefined }, /x\/tokenizer.json: model/],
  [
    "a vocabulary of strings",
    { ...byteLevel, model: { ...byteLevel.model, vocab: { a: "0" } } },
    /x\/tokenizer.json: model.vocab.a: Invalid input: expected number, received string$/,
  ],
  [
    "unknown characters as bytes",
    { ...unigram, model: { ...unigram.model, byte_fallback: true } },
    /x\/tokenizer.json: model.byte_fallback: Invalid input: expected false$/,
  ],
  [
    "another pre-tokenizer",
    { ...unigram, pre_tokenizer: { type: "Whatever" } },
    /^Cannot use x\/tokenizer.json: Unknown PreTokenizer type: Whatever$/,
  ],
  [
    "a template with a token that it does not define",
    { ...unigram, post_processor: { ...template, special_tokens: {} } },
    /^Cannot use x\/tokenizer.json: its template names the unknown token "<s>"$/,
  ],
];

for (const [name, json, message] of wrong) {
  Deno.test(`a tokenizer.json with ${name} is refused with the reason`, () => {
    assert.throws(
      () => new HubTokenizer(json, undefined, "x/tokenizer.json"),
      (error: unknown) => error instanceof UserError && message.test(error.message),
    );
  });
}
