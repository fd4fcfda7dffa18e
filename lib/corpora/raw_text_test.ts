import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { rawTextDefaults, type RawTextOptions, readRawText } from "./raw_text.ts";

const utf8 = new TextEncoder();

function read(text: string | Uint8Array, options: Partial<RawTextOptions> = {}) {
  const bytes = typeof text === "string" ? utf8.encode(text) : text;
  return readRawText(bytes, "mine/text.txt", { ...rawTextDefaults, ...options });
}

for (
  const [about, text, sentences, oddities] of [
    ["a sentence a line", "a b c\nd e\n", ["a b c", "d e"], []],
    ["no line break at the end", "a b\nc", ["a b", "c"], []],
    ["any white space between words", " a\t b\u00a0c\u3000d \n", ["a b c d"], []],
    ["lines without words", "\n  \t\na\n\n\nb\n", ["a", "b"], []],
    ["CR LF", "a b\r\nc\r\n", ["a b", "c"], [
      ["carriageReturns", "dropped", 1],
      ["carriageReturns", "dropped", 2],
    ]],
    ["a byte-order mark", "\ufeffa b\n", ["a b"], [["byteOrderMark", "dropped", 1]]],
    ["another line break", "a\u2028b\x0cc\x85d\n", ["a b c d"], [["lineBreakInside", "kept", 1]]],
    ["a hidden character", "a\u200bb c\n", ["a\u200bb c"], [["invisibleCharacter", "kept", 1]]],
    ["a decomposed word", "a\ne\u0301\n", ["a", "e\u0301"], [["notComposed", "kept", 2]]],
    ["punctuation as it stands", "Ada, Lin.\n", ["Ada, Lin."], []],
    ["nothing", "", [], []],
  ] as [string, string, string[], [string, string, number][]][]
) {
  Deno.test(`raw text: ${about}`, () => {
    const found = read(text);
    assert.deepEqual(found.sentences.map(({ tokens }) => tokens.join(" ")), sentences);
    assert.deepEqual(found.sentences.map(({ tags }) => tags), sentences.map(() => []));
    assert.deepEqual(
      found.oddities.map(({ oddity, action, line }) => [oddity, action, line]),
      oddities,
    );
  });
}

Deno.test("raw text is repaired where that is declared", () => {
  const [{ tokens }] = read("e\u0301 a\u200bb\n", { normalize: "nfc", repair: ["dropInvisible"] })
    .sentences;
  assert.deepEqual(tokens, ["\u00e9", "ab"]);
  assert.deepEqual(read(Uint8Array.of(0xe9, 0x0a), { encoding: "latin1" }).sentences[0].tokens, [
    "\u00e9",
  ]);
});

for (
  const [about, text, message] of [
    [
      "a byte that is not UTF-8",
      Uint8Array.of(0x61, 0x0a, 0x62, 0xff),
      /^mine\/text\.txt:2:2: Cannot read the file as UTF-8/,
    ],
    [
      "an archive",
      Uint8Array.of(0x1f, 0x8b, 8, 0),
      /^mine\/text\.txt:1:1: Cannot read the file as text: it is a gzip file/,
    ],
    [
      "a line that is no sentence",
      utf8.encode(`a\n${"b ".repeat(10_001)}\n`),
      /^mine\/text\.txt:2:1: Cannot use a sentence of 10001 words[^]*put one sentence on a line/,
    ],
    [
      "many of them",
      utf8.encode(`${"b ".repeat(10_001)}\n`.repeat(7)),
      /… and 2 more such lines in mine\/text\.txt/,
    ],
  ] as [string, Uint8Array, RegExp][]
) {
  Deno.test(`raw text refuses ${about} at its place`, () => {
    assert.throws(() => read(text), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, message);
      return true;
    });
  });
}
