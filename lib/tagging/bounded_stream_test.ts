import { strict as assert } from "node:assert";
import { readAbbreviations } from "../raw_text/abbreviations.ts";
import type { RawFormat } from "../raw_text/raw_formats.ts";
import type { RawSentence } from "../raw_text/raw_sentence.ts";
import { readSentences } from "../raw_text/read_sentences.ts";
import { Segmenter } from "../raw_text/segmenter.ts";
import { tagStream } from "./tag_stream.ts";

const segmenter = new Segmenter(await readAbbreviations());
const utf8 = new TextEncoder();
/** Bytes that are read before what they say goes out. */
const mostAhead = 2 ** 20;

const inputs: [format: RawFormat, unit: string, total: number][] = [
  ["text", "Dr. Anna Meier left Bonn. She ran to the sea, and saw it.\n", 2_000_000],
  ["text", "no end of it ", 1_500_000],
  ["text", "東京", 1_000_000],
  ["conll", "Anna O\nran O\n. O\n\n", 1_500_000],
  ["jsonl", '{"text":"Anna ran to the sea."}\n', 1_500_000],
  ["csv", '"Anna ran, and Bob"\n', 1_500_000],
];
for (const [format, unit, total] of inputs) {
  Deno.test(`${total / 1e6} MB of ${format} ${JSON.stringify(unit)} are held a little at a time`, async () => {
    const part = utf8.encode(unit.repeat(Math.ceil(60_000 / utf8.encode(unit).length)));
    let read = 0, letters = 0, ahead = 0;
    async function* bytes() {
      if (format === "csv") yield await Promise.resolve(utf8.encode("text\n"));
      while (read < total) {
        read += part.length;
        yield await Promise.resolve(part);
      }
    }
    const options = { format, segmenter, rule: "prose", unit: "bytes" } as const;
    const tagger = {
      tagged: (sentences: readonly RawSentence[]) =>
        Promise.resolve(sentences.map((sentence) => ({
          ...sentence,
          tags: sentence.words.map(() => ({ tag: "O", probability: 1 })),
          hasSpans: true,
        }))),
    };
    const perUnit = utf8.encode(unit).length / lettersOf(unit);
    for await (const group of tagStream(readSentences(bytes(), "in", options), tagger)) {
      for (const { words } of group) for (const { text } of words) letters += lettersOf(text);
      ahead = Math.max(ahead, read - letters * perUnit);
    }
    assert.ok(ahead < mostAhead, `${ahead} bytes ahead`);
    const expected = lettersOf(new TextDecoder().decode(part)) * (read / part.length) -
      (format === "jsonl" ? 4 : format === "conll" ? 3 : 0) * (read / utf8.encode(unit).length);
    assert.equal(letters, expected);
  });
}

function lettersOf(text: string): number {
  return text.match(/\p{L}/gu)?.length ?? 0;
}
