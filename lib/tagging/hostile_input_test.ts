/** What strangers write for `predict` to read: refused with its place, or read in bounds. */
import { strict as assert } from "node:assert";
import { join } from "node:path";
import { UserError } from "../core/errors.ts";
import { readAbbreviations } from "../raw_text/abbreviations.ts";
import type { RawFormat } from "../raw_text/raw_formats.ts";
import { readSentences, readTexts } from "../raw_text/read_sentences.ts";
import { Segmenter } from "../raw_text/segmenter.ts";
import { conllLines, inlineTags, jsonLine } from "./tagged_text.ts";
import { wordsWriter } from "./tagged_parquet.ts";
import { Tagger } from "./tagger.ts";
import { tagStream } from "./tag_stream.ts";
import { hubModel } from "./testdata/hub_models.ts";
import { showControls } from "../core/controls.ts";

const segmenter = new Segmenter(await readAbbreviations());
const run = { threads: 1, device: "cpu", decoding: "wellFormed" } as const;
const utf8 = new TextEncoder();
const deep = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

type Bytes = () => Generator<Uint8Array>;
const of = (text: string): Bytes =>
  function* () {
    yield utf8.encode(text);
  };
/** A text again and again, without ever being whole in memory. */
const many = (text: string, times: number, head = ""): Bytes =>
  function* () {
    if (head) yield utf8.encode(head);
    const part = utf8.encode(text.repeat(1_000));
    for (let i = 0; i < times / 1_000; i++) yield part;
  };

async function* streamed(bytes: Bytes): AsyncGenerator<Uint8Array> {
  for (const part of bytes()) yield await Promise.resolve(part);
}
const reading = (format: RawFormat) =>
  ({ format, segmenter, rule: "prose", unit: "bytes" }) as const;

/** Input that is refused, and what is said. */
const refused: readonly (readonly [about: string, format: RawFormat, bytes: Bytes, why: RegExp])[] =
  [
    ["JSON, 100,000 lists deep", "jsonl", of(`{"text":"a","x":${deep(100_000)}}\n`), /200 deep/],
    ["JSON, 1,000 objects deep", "jsonl", of('{"text":'.repeat(1_000)), /200 deep/],
    ["nothing but open lists", "jsonl", many("[", 1_000_000), /200 deep/],
    ["JSON that is a number", "jsonl", of("1e999\n"), /it is no object/],
    ["a text that is an object", "jsonl", of('{"text":{"text":"a"}}'), /neither a text nor a list/],
    ["words of two kinds", "jsonl", of('{"words":["a",1,null]}'), /neither a text nor a list/],
    ["a text by inheritance", "jsonl", of('{"__proto__":{"text":"a"}}'), /Cannot find a text: the/],
    [
      "100,000 fields without a text",
      "jsonl",
      of(`{${Array.from({ length: 100_000 }, (_, i) => `"f${i}":0`)}}`),
      /Cannot find a text: the fields are "f0".{300,700}…/s,
    ],
    [
      "a line without an end",
      "jsonl",
      many(" ".repeat(1_000), 70_000),
      /longer than 64 Mi characters/,
    ],
    ["a quote without an end", "csv", many("a".repeat(1_000), 20_000, 'text\n"'), /as a table: /],
    [
      "100,000 columns, none of them a text",
      "csv",
      of("c,".repeat(100_000)),
      /Cannot find the column/,
    ],
    ["rows of other widths", "csv", of("text,b\na\n"), /Cannot read line 2 of "in" as a table/],
    ["a word of no characters", "conll", of("a O\n\t O\n"), /Cannot find a word in column 1/],
    ["10,001 words", "conll", many("a\n", 11_000), /a sentence of more than 10000 words/],
    [
      "a sentence of 70 MB of columns",
      "conll",
      many(`a ${"x".repeat(20_000)}\n`, 4_000),
      /a sentence of more than 67108864 characters/,
    ],
    [
      "UTF-16",
      "text",
      () => [Uint8Array.of(0xff, 0xfe, 65, 0)].values() as Generator<Uint8Array>,
      /UTF-16/,
    ],
    ["zeros without an end", "text", many("\0".repeat(100), 10_000), /bytes that are 0/],
    [
      "half a character",
      "text",
      () => [Uint8Array.of(65, 0xc3)].values() as Generator<Uint8Array>,
      /byte 0xc3/,
    ],
    [
      "a surrogate by itself, as bytes",
      "text",
      () => [Uint8Array.of(65, 0xed, 0xa0, 0x80)].values() as Generator<Uint8Array>,
      /as UTF-8: byte 0xed/,
    ],
  ];

for (const [about, format, bytes, why] of refused) {
  Deno.test(`refused as ${format}: ${about}`, async () => {
    for (const read of [readSentences, readTexts]) {
      await assert.rejects(
        async () => {
          for await (const _ of read(streamed(bytes), "in", reading(format))) { /* goes on */ }
        },
        (error) => {
          assert.ok(error instanceof UserError, `${error}`);
          assert.match(error.message, why);
          assert.ok(error.message.length < 3_000, `${error.message.length} characters`);
          return true;
        },
      );
    }
  });
}

/** Input that is read, however odd, and how many words are found. */
const read: readonly (readonly [about: string, format: RawFormat, bytes: Bytes, words: number])[] =
  [
    ["nothing", "text", of(""), 0],
    ["a byte-order mark alone", "text", of("\uFEFF"), 0],
    ["a NUL and an escape among words", "text", of("Anna\0 ran \x1b]0;pwn\x07 home"), 7],
    ["what turns the direction", "text", of("abc\u202Egnp.exe"), 1],
    ["a word of 200,000 letters", "text", many("a", 200_000), 13],
    ["a word of 200,000 letters in a list", "jsonl", of(`{"words":["${"a".repeat(200_000)}"]}`), 1],
    ["5,000 words in a list", "jsonl", of(`{"words":["a"${',"a"'.repeat(4_999)}]}`), 5_000],
    ["surrogates by themselves", "jsonl", of('{"words":["\\ud800","a\\udfff","\\ud83d"]}'), 3],
    ["words that are empty or white", "jsonl", of('{"words":["",""," ","\\u0000"]}'), 4],
    ["marks upon marks", "text", of(`e${"\u0301".repeat(5_000)} end`), 2],
    ["a family of emoji without an end", "text", many("👩‍", 4_000), 1],
    [
      "columns of one row",
      "csv",
      of(`${"c,".repeat(1_000)}text\n${"x,".repeat(1_000)}Anna ran\n`),
      2,
    ],
    ["CR alone at every end", "text", of("Anna ran.\rBob\r\rsat.\r"), 6],
  ];

Deno.test("odd input has a tag for every word, in every form of output", async () => {
  await using tagger = await Tagger.load(hubModel("tiny-entities"), run);
  const folder = await Deno.makeTempDir();
  for (const [about, format, bytes, expected] of read) {
    let words = 0;
    const path = join(folder, `${words}.parquet`);
    await using writer = wordsWriter(path, "1");
    for await (
      const group of tagStream(readSentences(streamed(bytes), "in", reading(format)), tagger)
    ) {
      await writer.write(group);
      for (const sentence of group) {
        words += sentence.tags.length;
        assert.equal(sentence.tags.length, sentence.words.length, about);
        for (const { probability } of sentence.tags) {
          assert.ok(probability > 0 && probability <= 1, about);
        }
        assert.deepEqual(
          JSON.parse(jsonLine(sentence, { icu: "1" })).words.length,
          sentence.words.length,
        );
        const shown = inlineTags(sentence, { icu: "1", show: showControls });
        // deno-lint-ignore no-control-regex
        assert.doesNotMatch(shown, /[\0-\x08\x0b-\x1f\x7f-\x9f\u202e]/, about);
        if (sentence.words.every(({ text }) => /^\S+$/.test(text))) {
          assert.equal(
            conllLines(sentence, { icu: "1" }).split("\n").length,
            sentence.words.length + 2,
          );
        }
      }
    }
    await writer.close();
    assert.equal(words, expected, about);
  }
  await Deno.remove(folder, { recursive: true });
});

/** Names of answers in a stranger's config.json. */
const labels: readonly (readonly [about: string, id2label: unknown])[] = [
  ["an escape", { 0: "O", 1: "B-\x1b]0;pwn\x07" }],
  ["a line break", { 0: "O", 1: "B-PER\nB-LOC" }],
  ["a control of C1", { 0: "O", 1: "B-\x9b31m" }],
  ["a NUL", { 0: "O\0" }],
  ["numbers", { 0: 1, 1: 2 }],
  ["none", {}],
  ["null", null],
  ["a list of lists", [["O"], ["B-PER"]]],
  ["from 1 on", { 1: "O", 2: "B-PER" }],
  ["names alone", { O: 0, "B-PER": 1 }],
  ["a prototype", { __proto__: { 0: "O" }, 1: "B-PER" }],
];

Deno.test("names of answers that no terminal or file can hold are refused", async () => {
  const good = hubModel("tiny-entities");
  const config = JSON.parse(await Deno.readTextFile(good.config));
  const path = await Deno.makeTempFile();
  for (const [about, id2label] of labels) {
    await Deno.writeTextFile(path, JSON.stringify({ ...config, id2label }));
    await assert.rejects(Tagger.load({ ...good, config: path }, run), (error) => {
      assert.ok(error instanceof UserError, `${about}: ${error}`);
      assert.match(error.message, /^Cannot read the labels of tiny-entities: id2label/, about);
      return true;
    });
  }
  await Deno.remove(path);
});
