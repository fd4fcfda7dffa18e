import { strict as assert } from "node:assert";
import { generateSample, sampleLanguages } from "../corpora/sample.ts";
import { HubTokenizer } from "./hub_tokenizer.ts";
import { trainTokenizer } from "./train_tokenizer.ts";

const root = new URL("../..", import.meta.url);

async function sampleSentences(): Promise<string[][]> {
  const sentences: string[][] = [];
  for (const language of sampleLanguages) {
    const grammar = await Deno.readTextFile(new URL(`data/sample/${language}.yaml`, root));
    sentences.push(...generateSample(grammar, language).train.map(({ tokens }) => tokens));
  }
  return sentences;
}

const sentences = await sampleSentences();

Deno.test("equal sentences give equal bytes, in any order", async () => {
  const file = new URL("tests/fixtures/tokenizers/trained.json", root);
  const content = trainTokenizer(sentences, { size: 1500 });
  assert.equal(content, await Deno.readTextFile(file));
  assert.equal(trainTokenizer(sentences.toReversed(), { size: 1500 }), content);
});

Deno.test("the vocabulary has the size asked for, and its text back from its pieces", () => {
  for (const size of [400, 700]) {
    const json = JSON.parse(trainTokenizer(sentences, { size, characterCoverage: 1 }));
    const tokenizer = new HubTokenizer(json, undefined, "tokenizer.json");
    assert.deepEqual([tokenizer.vocabSize, tokenizer.padId], [size, 1]);
    for (const words of sentences.slice(0, 50)) {
      const { inputIds } = tokenizer.encode(words, 512);
      const text = inputIds.slice(1, -1).map((id) => json.model.vocab[id][0]).join("");
      assert.equal(text, words.map((word) => `▁${word.normalize("NFKC")}`).join(""));
    }
  }
});

Deno.test("more pieces, shorter sentences", () => {
  const lengths = [360, 700, 1500].map((size) => {
    const json = JSON.parse(trainTokenizer(sentences, { size }));
    const tokenizer = new HubTokenizer(json, undefined, "tokenizer.json");
    return sentences.reduce((sum, words) => sum + tokenizer.encode(words, 512).inputIds.length, 0);
  });
  assert.ok(lengths[0] > 1.2 * lengths[1] && lengths[1] > 1.2 * lengths[2], `${lengths}`);
});

Deno.test("a size that does not hold the characters is refused", () => {
  assert.throws(
    () => trainTokenizer(sentences, { size: 20 }),
    /^RangeError: Cannot learn 15 pieces, as the text has \d+ characters/,
  );
});
