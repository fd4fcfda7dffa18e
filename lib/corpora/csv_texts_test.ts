import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { csvDefaults, type CsvOptions, readCsvTexts } from "./csv_texts.ts";

const labels = ["positive", "neutral", "negative"];

function read(text: string, options: Partial<CsvOptions> = {}) {
  const bytes = new TextEncoder().encode(text);
  return readCsvTexts(bytes, "f", labels, { ...csvDefaults, ...options });
}

Deno.test("texts and labels by RFC 4180, whatever else is in the columns", () => {
  const { texts, oddities } = read(
    'text,label,source\nplain,positive,x\n"a, ""b""\nc",neutral,\n\n,negative,y\n',
  );
  assert.deepEqual(texts, [
    { text: "plain", second: null, label: "positive" },
    { text: 'a, "b"\nc', second: null, label: "neutral" },
    { text: "", second: null, label: "negative" },
  ]);
  assert.deepEqual(oddities.map(({ oddity, action }) => [oddity, action]), [["emptyText", "kept"]]);
});

Deno.test("pairs, tabs, a byte-order mark, other names and line ends", () => {
  const { texts, oddities } = read("\ufeffgold\tb\ta\r\nneutral\tzwei\teins\r\n", {
    separator: "tab",
    text: "a",
    second: "b",
    label: "gold",
  });
  assert.deepEqual(texts, [{ text: "eins", second: "zwei", label: "neutral" }]);
  assert.deepEqual(oddities.map(({ oddity }) => oddity), ["byteOrderMark"]);
  assert.equal(read("text,label\ra,neutral\rb,neutral\r").texts.length, 2);
});

Deno.test("what is odd in a text is noted with its line", () => {
  const { oddities } = read(
    'text,label\n"a\nb",neutral\nJose\u0301,neutral\ni\\u2019m,neutral\nx\u200by\u0007,neutral\n',
  );
  assert.deepEqual(oddities.map(({ oddity, line }) => [oddity, line]), [
    ["notComposed", 4],
    ["escapedCharacter", 5],
    ["controlCharacter", 6],
    ["invisibleCharacter", 6],
  ]);
});

for (
  const [name, text, message] of [
    [
      "an unknown label",
      'text,label\n"a\nb",neutral\nc,netural\n',
      /^f:4:1: Cannot use the label "netural"[^]*did you mean "neutral"/,
    ],
    [
      "a label in quotes that lines cross",
      'text,label\n"a\nb",x\n',
      /^f:2:1: Cannot use the label "x"/,
    ],
    ["a column too few", "text,label\na,neutral\nb\n", /^f:3:1: Cannot read the file as CSV: /],
    ["a column too many", "text,label\na,b,neutral\n", /^f:2:1: Cannot read the file as CSV: /],
    [
      "an open quote",
      'text,label\na,neutral\n"b,neutral\n',
      /^f:\d+:1: Cannot read the file as CSV: /,
    ],
    [
      "no such column",
      "Text,label\na,neutral\n",
      /^f:1:1: Cannot find one column "text"[^]*"Text", "label"/,
    ],
    ["a column twice", "text,label,text\na,neutral,b\n", /^f:1:1: Cannot find one column "text"/],
  ] as const
) {
  Deno.test(`refused in its place: ${name}`, () => {
    assert.throws(() => read(text), (error) => {
      assert.ok(error instanceof UserError, String(error));
      assert.match(error.message, message);
      return true;
    });
  });
}
