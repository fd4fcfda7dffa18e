import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { findSource, standardCatalogue, trackedFile } from "./catalogue.ts";
import { addressOf, placeIn } from "./file_address.ts";
import { loadCorpus } from "./load_corpus.ts";
import { type Split, splitNames } from "./tagged.ts";

const mirror = trackedFile("../shared/mirror");
const ignore = !existsSync(mirror);

type Loaded = Awaited<ReturnType<typeof loadOnce>>;
const loaded = new Map<string, Promise<Loaded>>();

function load(corpus: string, language: string): Promise<Loaded> {
  const key = `${corpus} ${language}`;
  const loading = loaded.get(key) ?? loadOnce(corpus, language);
  loaded.set(key, loading);
  return loading;
}

async function loadOnce(corpus: string, language: string) {
  const folder = await Deno.makeTempDir();
  try {
    const source = findSource(await standardCatalogue(), corpus, language);
    const options = { limit: {}, limitSeed: 1, fetch: { folder: join(folder, "d"), mirror } };
    const { sentences, oddities } = await loadCorpus(source, options);
    const countOf = (oddity: string, split?: Split) =>
      oddities
        .filter((row) => row.oddity === oddity && (split ?? row.split) === row.split)
        .reduce((sum, row) => sum + row.count, 0);
    return { sentences, oddities, countOf };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Sentences of train, validation and test, as published. */
const sizes: Record<string, Record<string, [number, number, number]>> = {
  masakhaner: {
    amh: [1750, 250, 500],
    hau: [1912, 276, 552],
    ibo: [2235, 320, 638],
    kin: [2116, 302, 605],
    lug: [1428, 200, 407],
    luo: [644, 92, 186],
    pcm: [2124, 306, 600],
    swa: [2109, 300, 604],
    wol: [1871, 267, 539],
    yor: [2171, 305, 645],
  },
  conll: {
    en: [14041, 3250, 3453],
    de: [12152, 2867, 3005],
    es: [8322, 1914, 1516],
    nl: [15806, 2895, 5195],
  },
  wikiann: {
    am: [100, 100, 100],
    ig: [100, 100, 100],
    rw: [100, 100, 100],
    yo: [100, 100, 100],
    sw: [1000, 1000, 1000],
    af: [5000, 1000, 1000],
    de: [20000, 10000, 10000],
    en: [20000, 10000, 10000],
    es: [20000, 10000, 10000],
    ru: [20000, 10000, 10000],
    fr: [20000, 10000, 10000],
    nl: [20000, 10000, 10000],
  },
};
for (const [corpus, languages] of Object.entries(sizes)) {
  Deno.test({
    name: `${corpus} has the published numbers of sentences, all pinned (needs ../shared/mirror)`,
    ignore,
    async fn() {
      for (const [language, expected] of Object.entries(languages)) {
        const { sentences, countOf } = await load(corpus, language);
        assert.deepEqual(splitNames.map((split) => sentences[split].length), expected, language);
        assert.equal(countOf("unpinnedFile"), 0);
      }
    },
  });
}

Deno.test({
  name: "every file of the catalogue that is in the mirror has its pin (needs ../shared/mirror)",
  ignore,
  async fn() {
    const catalogue = await standardCatalogue();
    const unpinned: string[] = [];
    for (const [corpus, { languages }] of catalogue) {
      for (const language of languages) {
        for (const { url, pins } of findSource(catalogue, corpus, language).files) {
          const isHere = existsSync(placeIn(mirror, addressOf(url)));
          if (isHere && !pins.sha256 && !pins.mirrorSha256) unpinned.push(url);
        }
      }
    }
    assert.deepEqual(unpinned, []);
  },
});

Deno.test({
  name: "masakhaner has 12 orphan I- tags and one byte-order mark (needs ../shared/mirror)",
  ignore,
  async fn() {
    const orphans: Record<string, number> = { hau: 2, lug: 3, pcm: 5, yor: 2 };
    for (const language of Object.keys(sizes.masakhaner)) {
      const { sentences, oddities, countOf } = await load("masakhaner", language);
      assert.equal(countOf("orphanInside"), orphans[language] ?? 0, language);
      const marks = oddities.filter(({ oddity }) => oddity === "byteOrderMark");
      assert.deepEqual(
        marks.map(({ split, line }) => [split, line]),
        language === "luo" ? [["train", 1]] : [],
      );
      assert.ok(!sentences.train[0].tokens[0].startsWith("\uFEFF"));
    }
  },
});

Deno.test({
  name: "conll es is mojibake in every word beyond ASCII (needs ../shared/mirror)",
  ignore,
  async fn() {
    const { sentences, countOf } = await load("conll", "es");
    assert.deepEqual(splitNames.map((split) => countOf("mojibake", split)), [27177, 5184, 5281]);
    assert.equal(countOf("mojibakeKept"), 0);
    assert.ok(sentences.train.some(({ tokens }) => tokens.includes("España")));
    assert.equal(countOf("orphanInside"), 2);
  },
});

Deno.test({
  name: "wikiann's test split overlaps with train as published (needs ../shared/mirror)",
  ignore,
  async fn() {
    // The published 108 and 18 are different sentences; more test sentences repeat them.
    for (const [language, count, different] of [["sw", 127, 108], ["ig", 29, 18]] as const) {
      const { oddities } = await load("wikiann", language);
      const overlap = oddities.filter(({ oddity }) => oddity === "testInTrain");
      assert.deepEqual(overlap.map((row) => row.count), [count]);
      assert.match(overlap[0].detail, new RegExp(`^${different} different, `));
    }
  },
});

Deno.test({
  name: "wikiann-raw and pan-x nl are the sentences of wikiann nl (needs ../shared/mirror)",
  ignore,
  async fn() {
    const content = async (corpus: string) => {
      const { sentences } = await load(corpus, "nl");
      return splitNames.map((split) => sentences[split].map(({ tokens, tags }) => [tokens, tags]));
    };
    const expected = await content("wikiann");
    assert.deepEqual(await content("wikiann-raw"), expected);
    assert.deepEqual(await content("pan-x"), expected);
  },
});
