/** Regular expressions of strangers' tokenizers: what could take for ever is refused unused. */
import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { sha256 } from "../core/sha256.ts";
import { checkPatterns, withBoundedTime } from "./bounded_time.ts";
import { patternCost } from "./pattern_costs.ts";
import { createTokenizer } from "./tokenizer_source.ts";

const added = ["<s>", "<pad>", "</s>", "<unk>"].map((content, id) => ({
  id,
  content,
  special: true,
}));
const split = (Regex: string) => ({ type: "Split", pattern: { Regex }, behavior: "Isolated" });
const replace = (Regex: string) => ({ type: "Replace", pattern: { Regex }, content: " " });
const bpe = {
  added_tokens: added,
  normalizer: null,
  pre_tokenizer: { type: "WhitespaceSplit" },
  post_processor: null,
  decoder: null,
  model: {
    type: "BPE",
    vocab: { "<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, a: 4, b: 5, ab: 6 },
    merges: ["a b"],
    unk_token: "<unk>",
  },
};
function sourceOf(fields: object) {
  const tokenizerJson = JSON.stringify({ ...bpe, ...fields });
  return { file: "tokenizer.json", digest: sha256(tokenizerJson), tokenizerJson };
}

/** Expressions of published tokenizers, and how their time grows: 0 or 1. */
const published: readonly (readonly [of: string, pattern: string, degree: number])[] = [
  ["T5, XLM-V", " {2,}", 0],
  [
    "GPT-2",
    `'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+`,
    1,
  ],
  ["CLIP", `'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+`, 0],
  [
    "Llama 3, EuroBERT",
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|" +
    " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    1,
  ],
  [
    "Qwen 2",
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|" +
    " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    1,
  ],
  [
    "GPT-4o",
    "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+" +
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+" +
    "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}|" +
    " ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    1,
  ],
  ["BLOOM", " ?[^(\\s|[.,!?…。，、।۔،])]+", 0],
  ["DeepSeek, Chinese and Japanese", "[一-龥぀-ゟ゠-ヿ]+", 0],
  ["Falcon", "[0-9][0-9][0-9]", 0],
  ["digits", "\\d{1,3}", 0],
  ["words", "\\b\\w+\\b|[^\\w\\s]", 1],
  ["every piece of a word", "\\p{L}\\p{M}*|.", 0],
];

Deno.test("the expressions of published tokenizers are used as they are", () => {
  for (const [of, pattern, degree] of published) {
    for (const fields of [{ pre_tokenizer: split(pattern) }, { normalizer: replace(pattern) }]) {
      assert.equal(checkPatterns(sourceOf(fields)), degree, of);
    }
  }
});

/** What takes a time that grows faster than the square of a text, or nobody can tell. */
const hostile: readonly (readonly [about: string, pattern: string])[] = [
  ["repeated repetitions", "(a+)+$"],
  ["the same with nothing at the end", "(a*)*b"],
  ["two ways of one letter", "(a|a)*b"],
  ["letters and words", "(?:\\w|\\p{L})+!"],
  ["an optional letter, repeated", "(a?b?)*c"],
  ["thirty optional letters", `${"a?".repeat(30)}${"a".repeat(30)}`],
  ["thirty choices", `${"(?:a|a)".repeat(30)}b`],
  ["counted choices", "(?:a|a){30}b"],
  ["counted repetitions", "(?:a{0,9}){0,9}b"],
  ["three repetitions in a row", "a*a*a*b"],
  ["repetitions that overlap, twice", "\\s*\\p{L}*\\s+x"],
  ["a repetition that is looked at from each place", "(?=a*b)a*c"],
  ["an earlier part again", "(a+)\\1b"],
  ["a long count of long counts", "((a{60}){60}){60}"],
  ["a count of many choices", "(?:[ab]|a|b|ab){1,64}c"],
  ["a repetition behind another", "(?<=a*b*)c"],
  ["words with marks, which are repeated", "(?:\\p{L}\\p{M}*)+!"],
  ["5,000 characters", "a".repeat(5_000)],
  ["a choice of three hundred", Array(300).fill("a").join("|")],
  ["no expression", "(a"],
];

Deno.test("an expression that may take for ever is refused, wherever it stands", () => {
  for (const [about, pattern] of hostile) {
    const inside = { type: "Sequence", pretokenizers: [bpe.pre_tokenizer, split(pattern)] };
    const forms = [
      { pre_tokenizer: split(pattern) },
      { normalizer: replace(pattern) },
      { pre_tokenizer: inside },
    ];
    for (const fields of forms) {
      assert.throws(() => checkPatterns(sourceOf(fields)), (error) => {
        assert.ok(error instanceof UserError, `${about}: ${error}`);
        assert.match(
          error.message,
          /^Cannot use tokenizer\.json: the regular expression ".*" (may take a time|has 5000|cannot be)/,
          about,
        );
        return true;
      });
    }
  }
  const many = { type: "Sequence", pretokenizers: Array(65).fill(split("a")) };
  assert.throws(() => checkPatterns(sourceOf({ pre_tokenizer: many })), {
    message: /it has 65 regular expressions, more than 64/,
  });
});

Deno.test("a long word is refused only where its square counts", () => {
  const word = "a".repeat(5_000);
  const wrapped = (pattern: string) => {
    const source = sourceOf({ pre_tokenizer: split(pattern) });
    return withBoundedTime(createTokenizer(source), source);
  };
  assert.equal(wrapped("a+").encode([word], 8_000).wordIds.length, 5_000);
  const squared = wrapped("a*b|.");
  assert.deepEqual(squared.encode(["ab", "b"], 8).inputIds, [6, 5]);
  assert.throws(() => squared.encode(["a", word], 8_000), {
    name: "UserError",
    message: /^Cannot cut the word "a{20}…" into pieces.*it has 5000 characters, more than 4096/,
  });
  assert.throws(() => squared.encodePair(["a"], [word], 8_000), { name: "UserError" });
});

Deno.test("the cost of an expression counts what is given back", () => {
  for (
    const [pattern, ways, degree] of [
      ["abc", 1, 0],
      ["a+", 1, 0],
      ["a+b", 1, 1],
      ["a+b*", 1, 0],
      ["a*b*c", 1, 2],
      ["a?b", 2, 0],
      ["a{2,4}", 9, 0],
      ["(?:ab)+c|d", 2, 1],
      ["a{100}", 1, 1],
      ["(?!a)", 1, 0],
    ] as const
  ) {
    assert.deepEqual(patternCost(pattern), { ways, degree }, pattern);
  }
});
