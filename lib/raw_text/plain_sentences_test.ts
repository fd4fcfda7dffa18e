import { strict as assert } from "node:assert";
import { Buffer } from "node:buffer";
import { CounterRandom } from "../core/random.ts";
import { readAbbreviations } from "./abbreviations.ts";
import { type PlainRule, plainSentences, sentenceRules } from "./plain_sentences.ts";
import { type OffsetUnit, offsetUnits, type RawSentence } from "./raw_sentence.ts";
import { Segmenter } from "./segmenter.ts";

const segmenter = new Segmenter(await readAbbreviations());

async function sentencesOf(
  chunks: Iterable<string>,
  rule: PlainRule = "prose",
  unit: OffsetUnit = "characters",
): Promise<RawSentence[]> {
  return await Array.fromAsync(plainSentences(chunks, { segmenter, rule, unit }));
}

const alphabet = [
  ..."aB.,!?'\"- \n\t(@:/#_1９",
  "\r\n",
  "\r",
  "\n\n",
  "\u0301",
  "\u{1F469}\u200D\u{1F467}",
  "\u{1F1E9}\u{1F1EA}",
  "\u{1F600}\u{1F3FD}",
  "\u200B",
  "\uFEFF",
  "\u00AD",
  "\u2028",
  "\u0085",
  "\u202E",
  "א",
  "ب",
  "東京",
  "ก",
  "한",
  "ß",
  "\u{20000}",
  "Dr. ",
  "U.S. ",
  "http://a.b/",
  "\u0000",
];

/** A random text, seeded. */
function randomText(seed: number): string[] {
  const random = new CounterRandom("raw text", seed);
  const draw = (n: number) => Math.floor(random.uniform() * n);
  return Array.from({ length: draw(60) }, () => alphabet[draw(alphabet.length)]);
}

/** Part of a text, by offsets in a unit. */
const slices: Record<OffsetUnit, (text: string, start: number, end: number) => string> = {
  characters: (text, start, end) => [...text].slice(start, end).join(""),
  utf16: (text, start, end) => text.slice(start, end),
  bytes: (text, start, end) => Buffer.from(text).subarray(start, end).toString("utf8"),
};
const lengths: Record<OffsetUnit, (text: string) => number> = {
  characters: (text) => [...text].length,
  utf16: (text) => text.length,
  bytes: (text) => Buffer.byteLength(text),
};

for (const rule of sentenceRules) {
  for (const unit of offsetUnits) {
    Deno.test(`${rule}, ${unit}: offsets are exact on 1,000 random texts, and nothing seen is lost`, async () => {
      for (let seed = 0; seed < 1_000; seed++) {
        const parts = randomText(seed), text = parts.join("");
        const sentences = await sentencesOf([text], rule, unit);
        let at = 0;
        for (const [i, { sentence, start, end, words, text: own }] of sentences.entries()) {
          assert.equal(sentence, i);
          assert.equal(slices[unit](text, start, end), own);
          assert.equal(words[0].start, start);
          assert.equal(words[words.length - 1].end, end);
          for (const word of words) {
            assert.equal(slices[unit](text, word.start, word.end), word.text, `seed ${seed}`);
            assert.equal(own.slice(word.at, word.at + word.text.length), word.text);
            assertUnseen(slices[unit](text, at, word.start), seed);
            at = word.end;
          }
        }
        assertUnseen(slices[unit](text, at, lengths[unit](text)), seed);
        assert.deepEqual(await sentencesOf(parts, rule, unit), sentences, `seed ${seed}, in parts`);
      }
    });
  }
}

function assertUnseen(text: string, seed: number): void {
  assert.match(text, /^[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]*$/u, `seed ${seed}`);
}

const ruleCases: [rule: PlainRule, text: string, sentences: string[]][] = [
  ["prose", "In New\nYork. Here\r\nit is", ["In New", "York.", "Here", "it is"]],
  ["wrapped", "In New\nYork. Here\r\nit is\n \nEnd", ["In New\nYork.", "Here\r\nit is", "End"]],
  ["lines", "In New York. Here\r\nit is\n\n End ", ["In New York. Here", "it is", "End"]],
];
for (const [rule, text, sentences] of ruleCases) {
  Deno.test(`${rule} of ${JSON.stringify(text)}`, async () => {
    assert.deepEqual((await sentencesOf([text], rule)).map(({ text }) => text), sentences);
  });
}

for (const rule of sentenceRules) {
  for (const unit of ["wort ", "wort. Und ", "a", "\u{1F600}", "東京"]) {
    Deno.test(`${rule}: a line of 300,000 characters of ${unit} keeps its offsets`, async () => {
      const text = unit.repeat(Math.ceil(300_000 / unit.length));
      const sentences = await sentencesOf([text], rule, "utf16");
      let at = 0;
      for (const word of sentences.flatMap(({ words }) => words)) {
        assert.equal(text.slice(at, word.start).trim(), "");
        assert.equal(text.slice(word.start, word.end), word.text);
        at = word.end;
      }
      assert.equal(text.slice(at).trim(), "");
      assert.ok(sentences.every(({ text }) => text.length <= 16_384));
    });
  }
}
