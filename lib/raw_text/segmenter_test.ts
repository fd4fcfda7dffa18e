import { strict as assert } from "node:assert";
import { readAbbreviations } from "./abbreviations.ts";
import { Segmenter } from "./segmenter.ts";

async function segmenterOf(language?: string) {
  return new Segmenter(await readAbbreviations(language), language);
}

const sentenceCases: [text: string, sentences: string[], language?: string][] = [
  ["Anna left. She ran.", ["Anna left. ", "She ran."]],
  ["Dr. Smith left. He ran.", ["Dr. Smith left. ", "He ran."]],
  ["The U.S. President spoke.", ["The U.S. President spoke."]],
  ["J. R. Tolkien wrote. We read.", ["J. R. Tolkien wrote. ", "We read."]],
  ["See No. 5 there. No. Never.", ["See No. 5 there. ", "No. ", "Never."]],
  ["So do I. Then we go.", ["So do I. ", "Then we go."]],
  ["Am 3. Oktober kam er.", ["Am 3. Oktober kam er."], "deu"],
  ["We were 3. October came.", ["We were 3. ", "October came."], "eng"],
  ["Das ist z. B. Berlin.", ["Das ist z. B. Berlin."], "de"],
  ["1. Introduction", ["1. Introduction"]],
  ["Він прийшов. 東京です。大阪です。", ["Він прийшов. ", "東京です。", "大阪です。"]],
];
for (const [text, sentences, language] of sentenceCases) {
  Deno.test(`sentences of ${JSON.stringify(text)}`, async () => {
    const segmenter = await segmenterOf(language);
    const found = segmenter.sentences(text).map(({ start, end }) => text.slice(start, end));
    assert.deepEqual(found, sentences);
  });
}

const wordCases: [text: string, words: string][] = [
  ["Anna left.", "Anna|left|."],
  ["an e-mail, Jean-Luc", "an|e-mail|,|Jean-Luc"],
  ["the U.S.-based firm of the U.S.", "the|U.S.-based|firm|of|the|U.S."],
  ["Dr. Smith and J. Doe", "Dr.|Smith|and|J.|Doe"],
  ["plan B.", "plan|B|."],
  ["wait... what?!", "wait|...|what|?|!"],
  ["to a.b@x.org or (http://x.org/a?b=1).", "to|a.b@x.org|or|(|http://x.org/a?b=1|)|."],
  ["#tag @me amazon.com 3.50", "#tag|@me|amazon.com|3.50"],
  ["End.Then", "End|.|Then"],
  ["東京都に住む", "東京|都|に|住む"],
  ["a\u0301b \u{1F469}\u200d\u{1F467} \u200b x", "a\u0301b|\u{1F469}\u200d\u{1F467}|x"],
  ["1990-2000 - yes", "1990-2000|-|yes"],
  ["שלום, עולם", "שלום|,|עולם"],
];
for (const [text, words] of wordCases) {
  Deno.test(`words of ${JSON.stringify(text)}`, async () => {
    const found = (await segmenterOf()).words(text).map(({ start, end }) => text.slice(start, end));
    assert.equal(found.join("|"), words);
  });
}

Deno.test("a sentence without an end is cut, and no character is lost or halved", async () => {
  const segmenter = await segmenterOf();
  for (const text of ["a".repeat(40_000), "\u{1F600}".repeat(20_001), "wort ".repeat(9_000)]) {
    const parts = segmenter.sentences(text).map(({ start, end }) => text.slice(start, end));
    assert.ok(parts.length > 1);
    assert.equal(parts.join(""), text);
    assert.ok(parts.every((part) => part.isWellFormed()));
  }
});

Deno.test("what is no language code is refused", async () => {
  await assert.rejects(readAbbreviations("no language"), /Cannot use the language "no language"/);
});
