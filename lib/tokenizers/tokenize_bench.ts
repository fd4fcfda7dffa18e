/**
 * Words a second through a tokenizer, with and without the cache of words.
 *
 * The text is drawn so that the word of rank r comes up in proportion to 1/r (Zipf 1949), as in any
 * corpus; words are made of the pieces of the fixtures' vocabularies.
 *
 * @module
 */
import { CounterRandom } from "../core/random.ts";
import { HubTokenizer } from "./hub_tokenizer.ts";

import { checkTokenizerJson } from "./tokenizer_json.ts";

const fixtures = new URL("../../tests/fixtures/tokenizers/", import.meta.url);
const [types, sentenceCount, sentenceWords] = [20_000, 2_000, 25];

/** Words of one to three pieces. */
function vocabularyOf(json: unknown, random: CounterRandom): string[] {
  const { vocab } = checkTokenizerJson(json, "the fixture").model;
  const pieces = (Array.isArray(vocab) ? vocab.map(([piece]) => piece) : Object.keys(vocab))
    .map((piece) => piece.replace(/^##|[▁Ġ]/gu, ""))
    .filter((piece) => /^\p{L}+$/u.test(piece));
  return Array.from(
    { length: types },
    () => Array.from({ length: 1 + random.integer(3) }, () => random.pick(pieces)).join(""),
  );
}

/** Sentences of words by Zipf's law: e^(u ln N) has a density in proportion to 1/r on 1 … N. */
function sentencesOf(words: readonly string[], random: CounterRandom): string[][] {
  return Array.from({ length: sentenceCount }, () =>
    Array.from(
      { length: sentenceWords },
      () => words[Math.floor(words.length ** random.uniform()) - 1],
    ));
}

const fastest = new Map<string, number>();

for (const kind of ["unigram", "word_piece", "byte_bpe"]) {
  const json: unknown = JSON.parse(await Deno.readTextFile(new URL(`${kind}.json`, fixtures)));
  const random = new CounterRandom("tokenize bench", kind);
  const sentences = sentencesOf(vocabularyOf(json, random), random);
  for (const [cache, cachedWords] of [["with", undefined], ["without", 0]] as const) {
    const name = `${kind} ${cache} the cache`;
    Deno.bench(name, { group: kind, n: 5, warmup: 1 }, () => {
      // A tokenizer of its own, so that the cache begins empty as in a stage.
      const tokenizer = new HubTokenizer(json, undefined, kind, cachedWords);
      const start = performance.now();
      for (const words of sentences) tokenizer.encode(words, 512);
      const rate = 1000 * sentenceCount * sentenceWords / (performance.now() - start);
      fastest.set(name, Math.max(rate, fastest.get(name) ?? 0));
    });
  }
}

addEventListener("unload", () => {
  for (const [name, rate] of fastest) console.log(`${name}: ${rate.toFixed(0)} words/s at best`);
});
