/** Tokenizers from strangers: refused before anything is built of them, by what is wrong. */
import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { HubTokenizer } from "./hub_tokenizer.ts";

const special = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
const sentence = (id: string) => ({ Sequence: { id, type_id: 0 } });
const added = ["<s>", "<pad>", "</s>", "<unk>"].map((content, id) => ({
  id,
  content,
  special: true,
}));
const template = {
  type: "TemplateProcessing",
  single: [special("<s>"), sentence("A"), special("</s>")],
  pair: [] as object[],
  special_tokens: { "<s>": { ids: [0] }, "</s>": { ids: [2] } } as object,
};
const vocab = { "<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, a: 4, b: 5, ab: 6 };
const bpe = {
  added_tokens: added,
  normalizer: null as object | null,
  pre_tokenizer: { type: "WhitespaceSplit" },
  post_processor: template as object,
  decoder: null,
  model: { type: "BPE", vocab, merges: ["a b"] as unknown[], unk_token: "<unk>" } as object,
};
const unigram = {
  type: "Unigram",
  unk_id: 3,
  vocab: Object.keys(vocab).map((piece) => [piece, -1]),
};
const replace = (from: string, content: string) => ({
  type: "Replace",
  pattern: { String: from },
  content,
});

/** What is changed, and what must be said. */
const hostile: readonly (readonly [about: string, change: object, problem: RegExp])[] = [
  ["an unknown piece beyond all", { model: { ...unigram, unk_id: 1e9 } }, /unk_id: Too big/],
  [
    "an unknown piece beyond these",
    { model: { ...unigram, unk_id: 7 } },
    /names the id 7, and its pieces have 0 … 6/,
  ],
  ["padding beyond these", { padding: { pad_id: 99 } }, /names the id 99/],
  ["padding beyond all", { padding: { pad_id: 2 ** 53 - 1 } }, /pad_id: Too big/],
  ["an id beyond all", { model: { ...bpe.model, vocab: { ...vocab, c: 2 ** 53 - 1 } } }, /Too big/],
  ["an added token beyond all", {
    added_tokens: [...added, { id: 2 ** 40, content: "x", special: true }],
  }, /Too big/],
  ["a template's id beyond these", {
    post_processor: { ...template, special_tokens: { "<s>": { ids: [8] }, "</s>": { ids: [2] } } },
  }, /names the id 8/],
  ["a post-processor's id beyond these", {
    post_processor: { type: "BertProcessing", sep: ["a", 70], cls: ["b", 0] },
  }, /names the id 70/],
  [
    "a template without a sentence",
    { post_processor: { ...template, single: [special("<s>")] } },
    /"single" must have each sentence of A once: got none/,
  ],
  [
    "a template of only B",
    { post_processor: { ...template, single: [sentence("B")] } },
    /"single" must .*: got B/,
  ],
  ["a template with A twice", {
    post_processor: { ...template, single: [sentence("A"), sentence("A")] },
  }, /got A, A/],
  [
    "a pair without B",
    { post_processor: { ...template, pair: [sentence("A")] } },
    /"pair" must .* A and B once: got A/,
  ],
  ["a pair with A twice", {
    post_processor: { ...template, pair: [sentence("A"), sentence("A"), sentence("B")] },
  }, /"pair" must/],
  ["a template that names constructor", {
    post_processor: { ...template, single: [special("constructor"), sentence("A")] },
  }, /unknown token "constructor"/],
  ["merges of two kinds", { model: { ...bpe.model, merges: ["a b", ["a", "b"]] } }, /merges/],
  ["merges of numbers", { model: { ...bpe.model, merges: [[1, 2]] } }, /merges/],
  ["forty doublings", {
    normalizer: { type: "Sequence", normalizers: Array(40).fill(replace("a", "aa")) },
  }, /makes texts up to \d+ times as long, more than 256/],
  ["one great replacement", { normalizer: replace("a", "b".repeat(1_000)) }, /up to 1000 times/],
  ["nested doublings", {
    normalizer: {
      type: "Sequence",
      normalizers: Array(3).fill({
        type: "Sequence",
        normalizers: Array(3).fill(replace("a", "aa")),
      }),
    },
  }, /up to 512 times/],
  [
    "a normalizer that nobody has",
    { normalizer: { type: "__proto__" } },
    /Cannot use tokenizer\.json/,
  ],
  ["a score that is none", { model: { ...unigram, vocab: [["a", null]] } }, /vocab/],
  ["no pieces", { model: { ...unigram, vocab: [] } }, /vocab/],
  ["a model that nobody has", { model: { type: "constructor" } }, /type must be one of/],
];

Deno.test("a tokenizer that cannot be is refused with what is wrong", () => {
  new HubTokenizer(bpe, undefined, "tokenizer.json");
  new HubTokenizer({ ...bpe, model: unigram }, undefined, "tokenizer.json");
  for (const [about, change, problem] of hostile) {
    assert.throws(
      () => new HubTokenizer({ ...bpe, ...change }, undefined, "tokenizer.json"),
      (error) => {
        assert.ok(error instanceof UserError, `${about}: ${error}`);
        assert.match(error.message, problem, about);
        return true;
      },
    );
  }
});

Deno.test("a few replacements are no growth", () => {
  const normalizer = {
    type: "Sequence",
    normalizers: [replace(" ", "▁"), replace("``", '"'), replace("a", "aa")],
  };
  const tokenizer = new HubTokenizer({ ...bpe, normalizer }, undefined, "tokenizer.json");
  assert.equal(tokenizer.encode(["b"], 8).inputIds.length, 3);
});
