import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { readConll } from "./conll.ts";
import { conllDefaults, type ConllOptions } from "./conll_options.ts";

const tagSet = { entityTypes: ["PER", "LOC"] };

function read(text: string, options: Partial<ConllOptions> = {}) {
  return readConll(new TextEncoder().encode(text), "f", tagSet, { ...conllDefaults, ...options });
}

function messageFor(text: string, options: Partial<ConllOptions> = {}): string {
  try {
    read(text, options);
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return error.message;
  }
  throw new Error("expected an error");
}

const numbered = { separator: "tab", index: 1, token: 2, tag: 3 } as const;

for (
  const [name, text, options, message] of [
    [
      "a line separator between lines",
      "Anna B-PER\u2028ran O\u2028Rome B-LOC\n",
      {},
      /^f:1:11: Cannot read this line: U\+2028 stands outside of a word\n[^]*end lines with LF/,
    ],
    ["a vertical tab between lines", "Anna B-PER\vran O\n", {}, /^f:1:11: .* U\+000B stands/],
    [
      "a no-break space for a separator",
      "Anna\u00a0B-PER\n",
      {},
      /^f:1:1: Cannot read a word without a tag[^]*Anna<U\+00A0>B-PER/,
    ],
    [
      "a hidden character in a tag",
      "Anna B-PER\u200b\n",
      {},
      /^f:1:6: Cannot use the tag[^]*B-PER<U\+200B>/,
    ],
    [
      "too few columns",
      "1\tAda\n",
      numbered,
      /^f:1:1: Cannot find column 3 as there are 2, separated by tab/,
    ],
    ["a lost line", "1\ta\tO\n3\tb\tO\n", numbered, /^f:2:1: Cannot use the index "3" here/],
    [
      "a lost first line",
      "2\ta\tO\n",
      numbered,
      /^f:1:1: Cannot begin a sentence with the index "2"/,
    ],
    ["a lost blank line", "1\ta\tO\n1\tb\tO\n", numbered, /^f:2:1: [^]*declare `sentences: index`/],
    ["no index", "a\ta\tO\n", numbered, /^f:1:1: Cannot begin a sentence with the index "a"/],
    [
      "an unknown name",
      "w t\na O\n",
      { token: "word" },
      /^f:1:1: Cannot find one column "word" in the header\n[^]*its columns are "w", "t"/,
    ],
    [
      "a header that is a word",
      "a O\nb O\n",
      { header: true, token: 1 },
      /^f:1:1: Cannot take a line with the tag "O" for a header: its word would be lost\n/,
    ],
    [
      "one column twice",
      "a O\n",
      { token: 2 },
      /^f:1:1: Cannot take column 2 for both the word and the tag/,
    ],
    ["a name twice", "w t w\na O b\n", { token: "w" }, /^f:1:1: Cannot find one column "w"/],
    ["B- in IO", "a B-PER\n", { scheme: "io" }, /^f:1:3: Cannot use the tag "B-PER"/],
    [
      "a giant sentence",
      "a O\n".repeat(10_001),
      {},
      /^f:1:1: Cannot use a sentence of 10001 words\n[^]*everyWords/,
    ],
    ["a giant sentence that no rule cuts", "a O\n".repeat(10_001), {
      sentences: { afterWords: ["."] },
    }, /^f:1:1: Cannot use a sentence of 10001 words/],
    [
      "two thousand columns",
      `${"x ".repeat(2000)}O\n`,
      {},
      /^f:1:1: Cannot read more than 1000 columns/,
    ],
  ] as const satisfies readonly (readonly [string, string, Partial<ConllOptions>, RegExp])[]
) {
  Deno.test(`refused in its place: ${name}`, () => {
    assert.match(messageFor(text, options), message);
  });
}

for (
  const [name, text, hint] of [
    ["tabs", "Ada\tB-PER\nran\tO\nfast\tO\n", "separator: tab"],
    ["commas", "Ada,B-PER\nran,O\nfast,O\n", "separator: comma"],
    ["words with spaces", "New York B-LOC\nis O\nfar O\n", "splitAt: last"],
    ["BIOES", "Ada B-PER\nAnn E-PER\nran O\nRome S-LOC\n", "scheme: bioes"],
    ["BILOU", "Ada B-PER\nAnn L-PER\nran O\nRome U-LOC\n", "scheme: bilou"],
    ["IO without prefixes", "Ada PER\nran O\nfar O\nRome LOC\n", "scheme: io"],
    ["a header", `word tag\n${"Ada B-PER\nran O\n\n".repeat(9)}`, "header: true"],
    ["a tag that is not last", "Ada B-PER NNP\nran O VB\nfar O RB\n", "tag: 2"],
    [
      "UniversalNER",
      "# text = Ada ran\n1\tAda\tB-PER\t-\tx\n2\tran\tO\t-\tx\n3\tfar\tO\t-\tx\n",
      'separator: tab, index: 1, token: 2, tag: 3, comments: "# "',
    ],
    [
      "GermEval",
      "#\thttp://x\t[2009]\n1\tAda\tB-PER\tO\n2\tran\tO\tO\n3\tfar\tO\tO\n",
      'separator: tab, index: 1, token: 2, tag: 3, comments: "#"',
    ],
  ] as const
) {
  Deno.test(`a file that looks otherwise gets a hint: ${name}`, () => {
    const message = messageFor(text);
    assert.ok(
      message.includes(`looks like \`options: { ${hint} }\` in data/sources.yaml`),
      message,
    );
  });
}

Deno.test("what hints say can be declared, and then the file is read", () => {
  const comments = "# x = y\n1\tAda\tB-PER\t-\n2\t#\tO\t-\n\n# z\n1\tYes\tO\t-\n";
  const { sentences, oddities } = read(comments, { ...numbered, comments: "#" });
  assert.deepEqual(sentences.map(({ tokens }) => tokens), [["Ada", "#"], ["Yes"]]);
  assert.deepEqual(oddities.map(({ oddity, line }) => [oddity, line]), [
    ["commentLine", 1],
    ["commentLine", 5],
  ]);
});

Deno.test("a word that looks like a comment is read and noted", () => {
  const { sentences, oddities } = read("# Ada\nAda B-PER\n#1 O\n# O\n", { comments: "#" });
  assert.deepEqual(sentences[0].tokens, ["Ada", "#1", "#"]);
  assert.deepEqual(oddities.map(({ oddity, line }) => [oddity, line]), [
    ["commentLine", 1],
    ["commentLikeWord", 3],
    ["commentLikeWord", 4],
  ]);
});

Deno.test("sentences are cut as is declared, and never within an entity", () => {
  const text = "a O\nb B-PER\nc I-PER\n. I-PER\nd O\n. O\ne O\n";
  const words = (options: Partial<ConllOptions>) =>
    read(text, options).sentences.map(({ tokens }) => tokens.join(" "));
  assert.deepEqual(words({}), ["a b c . d . e"]);
  assert.deepEqual(words({ sentences: { everyWords: 2 } }), ["a b c .", "d .", "e"]);
  assert.deepEqual(words({ sentences: { everyWords: 1 } }), ["a", "b c .", "d", ".", "e"]);
  assert.deepEqual(words({ sentences: { afterWords: ["."] } }), ["a b c .", "d .", "e"]);
  const cuts = read(text, { sentences: { everyWords: 2 } }).oddities;
  assert.deepEqual(cuts.map(({ oddity, line }) => [oddity, line]), [
    ["cutSentence", 5],
    ["cutSentence", 7],
  ]);
});

Deno.test("entities that mostly begin with I- are noted as those of another scheme", () => {
  const doubt = (text: string) =>
    read(text).oddities.filter(({ oddity }) => oddity === "schemeDoubt").map(({ detail }) =>
      detail
    );
  assert.deepEqual(doubt("a I-PER\nb O\n".repeat(10) + "c B-PER\n"), [
    "10 with I-, 1 with B-: declare `scheme: iob1` or `scheme: io`",
  ]);
  assert.deepEqual(doubt("a I-PER\nb O\n".repeat(10) + "c B-PER\n".repeat(10)), []);
  assert.deepEqual(doubt("a I-PER\nb O\n".repeat(9)), []);
});

Deno.test("empty columns behind the tag, quotes, white space between columns", () => {
  const tokens = (text: string, options: Partial<ConllOptions>) =>
    read(text, options).sentences.flatMap((sentence) => sentence.tokens);
  assert.deepEqual(tokens("a\tO\t\t\nb\tO\tx\t\nc\tO\t\t\t\n", { separator: "tab", tag: 2 }), [
    "a",
    "b",
    "c",
  ]);
  assert.deepEqual(
    tokens('",",O\n"a ""b""",O\n"""",O\nx"y,O\n', { separator: "comma", quotes: true }),
    [
      ",",
      'a "b"',
      '"',
      'x"y',
    ],
  );
  assert.deepEqual(tokens("a  \t O\nb O\n", { separator: "whitespace" }), ["a", "b"]);
  assert.deepEqual(tokens("New York \t O\n", { separator: "whitespace", splitAt: "last" }), [
    "New York",
  ]);
});
