import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { readAbbreviations } from "./abbreviations.ts";
import { formatOfName, type RawFormat } from "./raw_formats.ts";
import { readSentences } from "./read_sentences.ts";
import { Segmenter } from "./segmenter.ts";
import { textChunks } from "./text_chunks.ts";

const segmenter = new Segmenter(await readAbbreviations());

/** The bytes of a file in parts of a size. */
async function* parts(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    yield await Promise.resolve(bytes.slice(at, at + size));
  }
}

function bytesOf(content: string | number[]): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : Uint8Array.from(content);
}

async function read(
  format: RawFormat,
  content: string | number[],
  column?: string,
  size = 1_000,
) {
  const options = { format, column, segmenter, rule: "prose", unit: "characters" } as const;
  return await Array.fromAsync(readSentences(parts(bytesOf(content), size), "in", options));
}

const cases: [name: string, format: RawFormat, content: string, read: string[], column?: string][] =
  [
    ["text", "text", "Anna left. She\r\nran.", ["0.0 Anna|left|.", "0.1 She", "0.2 ran|."]],
    ["a byte-order mark", "text", "\uFEFFAnna", ["0.0 Anna"]],
    ["nothing", "text", "", []],
    ["nothing seen", "text", " \n\u200b\n", []],
    ["CoNLL", "conll", "-DOCSTART- O\n\nA B-X\r\nb O\r\n\r\n\nc O", ["0.0 A|b", "1.0 c"]],
    ["CoNLL with tabs", "conll", "New York\tO\n# x\tO\n", ["0.0 New York|# x"]],
    ["another column", "conll", "1 A O\n2 b O\n", ["0.0 A|b"], "2"],
    ["CoNLL-U", "conllu", "# c\n1-2\tdu\n1\tde\n2\tle\n2.1\tx\n\n", ["0.0 de|le"]],
    ["JSON lines", "jsonl", '{"text":"A b. C"}\n\n{"tokens":["d e"," "]}\n{"words":[]}\n', [
      "0.0 A|b|.",
      "0.1 C",
      "1.0 d e| ",
    ]],
    ["a field", "jsonl", '{"id":7,"body":"x","text":"y"}', ["0.0 7 x"], "body"],
    ["CSV", "csv", '\uFEFFid,text\nq,"A, ""b""\n\nC"\n', ['0.0 q A|,|"|b|"', "0.1 q C"]],
    ["a numbered column", "csv", "x,y\na,b\n", ["0.0 b"], "2"],
    ["TSV", "tsv", 'text\ty\n"A\tb\n', ['0.0 "|A']],
  ];
for (const [name, format, content, expected, column] of cases) {
  Deno.test(`sentences of ${name}, in parts of any size`, async () => {
    for (const size of [1, 2, 3, 7, 1_000]) {
      const found = (await read(format, content, column, size)).map((
        { document, sentence, id, words },
      ) =>
        `${document}.${sentence} ${id === undefined ? "" : `${id} `}` +
        words.map(({ text }) => text).join("|")
      );
      assert.deepEqual(found, expected, `parts of ${size}`);
    }
  });
}

const wrong: [name: string, format: RawFormat, content: string | number[], message: string][] = [
  ["Latin-1", "text", [0x63, 0xe9, 0x20, 0x78], 'in:1:2: Cannot read "in" as UTF-8: byte 0xe9'],
  [
    "a cut character",
    "text",
    [0x0a, 0x78, 0xe2, 0x82],
    'in:2:2: Cannot read "in" as UTF-8: byte 0xe2',
  ],
  [
    "a lone byte",
    "text",
    [0x78, 0x0a, 0x61, 0xff, 0x0a],
    'in:2:2: Cannot read "in" as UTF-8: byte 0xff',
  ],
  ["gzip", "text", [0x1f, 0x8b, 8, 0], 'Cannot read "in" as text: it is a gzip file'],
  ["UTF-16", "text", [0xff, 0xfe, 0x61, 0], 'Cannot read "in" as text: it has bytes that are 0'],
  ["Parquet", "csv", "PAR1xxxx", 'Cannot read "in" as text: it is a Parquet file'],
  ["no word", "conll", "a O\n\tO\n", "in:2:1: Cannot find a word in column 1"],
  [
    "no end",
    "conll",
    "a\n".repeat(10_001),
    "in:10001:1: Cannot use a sentence of more than 10000 words",
  ],
  ["no JSON", "jsonl", '{"text":""}\n{x}\n', "in:2:2: Cannot read the line as JSON"],
  ["a list", "jsonl", "[]", "in:1:1: Cannot read the line: it is no object"],
  ["no field", "jsonl", '{"x":1}', 'in:1:1: Cannot find a text: the fields are "x"'],
  ["a number", "jsonl", '{"text":1}', 'in:1:1: Cannot read the field "text"'],
  ["no column", "csv", "a,b\n", 'in:1:1: Cannot find the column "text"'],
  ["a ragged row", "csv", "text,b\n1\n", 'Cannot read line 2 of "in" as a table'],
  ["an open quote", "csv", 'text\n"1\n', 'Cannot read line 2 of "in" as a table'],
];
for (const [name, format, content, message] of wrong) {
  Deno.test(`${name} is refused, with its place`, async () => {
    for (const size of [1, 3, 100_000]) {
      await assert.rejects(read(format, content, undefined, size), (error: Error) => {
        assert.ok(error instanceof UserError, Deno.inspect(error));
        assert.ok(error.message.startsWith(message), error.message);
        return true;
      });
    }
  });
}

Deno.test("the decoded parts join to the text, whatever is cut", async () => {
  const text = "a\u00e9\u20ac\u{1F600}\r\n".repeat(20_000) + "\u{1F600}\u20ac".repeat(40_000);
  for (const size of [5, 4_096, 70_001]) {
    const chunks = await Array.fromAsync(textChunks(parts(bytesOf(text), size), "in"));
    assert.equal(chunks.join(""), text);
    assert.ok(chunks.every((chunk) => chunk.isWellFormed()));
  }
});

Deno.test("a file's name says its format", () => {
  const names = {
    "a.txt": "text",
    "a": "text",
    "a.CSV": "csv",
    "x.y.jsonl": "jsonl",
    "toString": "text",
  };
  for (const [name, format] of Object.entries(names)) assert.equal(formatOfName(name), format);
});
