import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { sha256File } from "../core/sha256.ts";
import { findSource, parseCatalogue, standardCatalogue, trackedFile } from "./catalogue.ts";
import { serveFile } from "./fetch_test_server.ts";
import { corpusFacts, loadCorpus, type LoadOptions, loadTexts } from "./load_corpus.ts";

const text = "Ada B-PER\n\nb I-PER\n\nAda B-PER\n\nCleo B-PER\n";

function catalogueText(base: string): string {
  return `corpora:
  tiny:
    title: A tiny corpus
    task: ner
    licence: none
    format: conll
    url: ${base}/{language}/{split}.txt
    languages: deu eng
    splits: { train: train, test: test }
    entityTypes: [PER]
`;
}

async function load(options: Partial<LoadOptions> = {}) {
  await using server = serveFile(new TextEncoder().encode(text));
  const folder = await Deno.makeTempDir();
  try {
    const catalogue = parseCatalogue(catalogueText(server.url), "sources.yaml");
    const log: string[] = [];
    const loaded = await loadCorpus(findSource(catalogue, "tiny", "deu"), {
      limit: {},
      limitSeed: 1,
      fetch: { folder },
      log: (line) => log.push(line),
      ...options,
    });
    return { ...loaded, log, url: server.url };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a corpus becomes rows of sentences, with what was odd beside them", async () => {
  const { sentences, oddities, log } = await load();
  const about = { corpus: "tiny", language: "deu" };
  assert.deepEqual(sentences.train, [
    { ...about, split: "train", sentence: 0, tokens: ["Ada"], tags: ["B-PER"] },
    { ...about, split: "train", sentence: 1, tokens: ["b"], tags: ["I-PER"] },
    { ...about, split: "train", sentence: 2, tokens: ["Ada"], tags: ["B-PER"] },
    { ...about, split: "train", sentence: 3, tokens: ["Cleo"], tags: ["B-PER"] },
  ]);
  assert.deepEqual(sentences.validation, []);
  assert.ok(oddities.every((row) => row.corpus === "tiny" && row.language === "deu"));
  assert.deepEqual(
    oddities.map(({ split, oddity, action, line, count }) => [split, oddity, action, line, count]),
    [
      ["train", "unpinnedFile", "kept", null, 1],
      ["train", "orphanInside", "kept", 3, 1],
      ["train", "duplicateSentence", "kept", null, 1],
      ["validation", "emptySplit", "kept", null, 1],
      ["test", "unpinnedFile", "kept", null, 1],
      ["test", "orphanInside", "kept", 3, 1],
      ["test", "duplicateSentence", "kept", null, 1],
      ["test", "testInTrain", "kept", null, 4],
    ],
  );
  assert.deepEqual(log.slice(2, 5), [
    "train: 4 sentences",
    "validation: 0 sentences",
    "test: 4 sentences",
  ]);
  assert.equal(
    log.at(-1),
    "test: testInTrain × 4 (kept): a test sentence has the same words as a train sentence",
  );
});

Deno.test("a file that cannot be used stays to be looked at, and is fetched anew", async () => {
  const folder = await Deno.makeTempDir();
  const mirror = `${folder}/mirror`;
  const catalogue = parseCatalogue(catalogueText("https://example.org"), "sources.yaml");
  const from = async (train: string) => {
    await Deno.mkdir(`${mirror}/example.org/deu`, { recursive: true });
    await Deno.writeTextFile(`${mirror}/example.org/deu/train.txt`, train);
    await Deno.writeTextFile(`${mirror}/example.org/deu/test.txt`, text);
    const fetch = { folder: `${folder}/downloads`, mirror };
    return await loadCorpus(findSource(catalogue, "tiny", "deu"), {
      limit: {},
      limitSeed: 1,
      fetch,
    });
  };
  try {
    const fetched = `${folder}/downloads/example.org/deu/train.txt`;
    await assert.rejects(from("Ada B-PER\nb\n"), (error) => {
      assert.ok(error instanceof UserError);
      assert.ok(error.message.startsWith(`${fetched}:2:1: Cannot read a word without a tag: "b"`));
      return true;
    });
    assert.equal(await Deno.readTextFile(fetched), "Ada B-PER\nb\n");
    await assert.rejects(from(""), /Cannot use the train split of tiny deu: no sentences/);
    assert.equal((await from(text)).sentences.train.length, 4);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a split that is not needed may be missing; one that is needed may not", async () => {
  const folder = await Deno.makeTempDir();
  const mirror = `${folder}/mirror`;
  await Deno.mkdir(`${mirror}/example.org/deu`, { recursive: true });
  await Deno.writeTextFile(`${mirror}/example.org/deu/test.txt`, text);
  const yaml = catalogueText("https://example.org").replace(
    "    url",
    "    mirrorOnly: no\n    url",
  );
  const source = findSource(parseCatalogue(yaml, "sources.yaml"), "tiny", "deu");
  const fetch = { folder: `${folder}/downloads`, mirror };
  try {
    const { sentences, oddities } = await loadCorpus(source, {
      limit: { train: 0 },
      limitSeed: 1,
      fetch,
    });
    assert.deepEqual([sentences.train.length, sentences.test.length], [0, 4]);
    assert.deepEqual(
      oddities.filter(({ split }) => split === "train").map(({ oddity }) => oddity),
      ["splitNotFetched"],
    );
    await assert.rejects(loadCorpus(source, { limit: {}, limitSeed: 1, fetch }), UserError);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("texts become rows; the wrong kind of corpus names the other stage", async () => {
  const folder = await Deno.makeTempDir();
  const mirror = `${folder}/mirror`;
  await Deno.mkdir(`${mirror}/example.org/deu`, { recursive: true });
  await Deno.writeTextFile(`${mirror}/example.org/deu/train.txt`, "text,label\na b,good\nc,bad\n");
  await Deno.writeTextFile(`${mirror}/example.org/deu/test.txt`, "text,label\na b,bad\n");
  const yaml = catalogueText("https://example.org").replace("task: ner", "task: classify")
    .replace("format: conll", "format: csv").replace("entityTypes: [PER]", "labels: [good, bad]");
  const source = findSource(parseCatalogue(yaml, "sources.yaml"), "tiny", "deu");
  const options = { limit: {}, limitSeed: 1, fetch: { folder: `${folder}/downloads`, mirror } };
  try {
    const { texts, oddities } = await loadTexts(source, options);
    const about = { corpus: "tiny", language: "deu", split: "train", second: null };
    assert.deepEqual(texts.train, [
      { ...about, sentence: 0, text: "a b", label: "good" },
      { ...about, sentence: 1, text: "c", label: "bad" },
    ]);
    assert.deepEqual(
      oddities.filter(({ oddity }) => oddity !== "unpinnedFile").map(({ split, oddity, count }) => [
        split,
        oddity,
        count,
      ]),
      [["validation", "emptySplit", 1], ["test", "testInTrain", 1]],
    );
    await assert.rejects(loadCorpus(source, options), /take `use: download\.texts` for it/);
    const tagged = catalogueText("https://example.org");
    const other = findSource(parseCatalogue(tagged, "sources.yaml"), "tiny", "deu");
    await assert.rejects(loadTexts(other, options), /take `use: download` for it/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a limit keeps the numbers of the sentences, and oddities are of the whole", async () => {
  const whole = await load();
  const { sentences, oddities, log } = await load({ limit: { train: 2, test: 0 } });
  assert.equal(sentences.train.length, 2);
  for (const row of sentences.train) {
    assert.deepEqual(row, whole.sentences.train[row.sentence]);
  }
  assert.deepEqual(sentences.test, []);
  const plain = (rows: typeof oddities) => rows.filter(({ oddity }) => oddity !== "unpinnedFile");
  assert.deepEqual(plain(oddities), plain(whole.oddities));
  assert.ok(log.includes("train: 2 of 4 sentences"));
});

Deno.test("facts change with what concerns the language, and with nothing else", async () => {
  const facts = (yaml: string) =>
    corpusFacts(findSource(parseCatalogue(yaml, "sources.yaml"), "tiny", "deu"));
  const base = catalogueText("https://example.org");
  const before = await facts(base);
  for (
    const same of [
      base.replace("deu eng", "deu eng fra"),
      base.replace("A tiny corpus", "The tiny corpus"),
      `${base}    languageOptions: { eng: { scheme: iob1 } }\n`,
      `${base}    sha256: { eng: { train: ${"a".repeat(64)} } }\n`,
      base + base.replace("corpora:\n", "").replace("tiny:", "other:"),
    ]
  ) assert.deepEqual(await facts(same), before);
  for (
    const other of [
      base.replace("example.org", "example.com"),
      base.replace("test: test", "test: dev"),
      base.replace("[PER]", "[PER, LOC]"),
      `${base}    options: { scheme: iob1 }\n`,
      `${base}    languageOptions: { deu: { scheme: iob1 } }\n`,
      `${base}    sha256: { deu: { train: ${"a".repeat(64)} } }\n`,
    ]
  ) assert.notDeepEqual(await facts(other), before);
});

Deno.test("a sample corpus needs no file but its grammar, whose digest is its fact", async () => {
  const source = findSource(await standardCatalogue(), "sample", "eng");
  const fetch = { folder: "/nowhere" };
  const { sentences, oddities } = await loadCorpus(source, { limit: {}, limitSeed: 1, fetch });
  assert.deepEqual(oddities, []);
  assert.equal(sentences.train.length, 600);
  const { digest } = await sha256File(trackedFile("data/sample/eng.yaml"));
  assert.deepEqual(await corpusFacts(source), {
    format: "sample",
    entityTypes: ["PER", "ORG", "LOC"],
    splits: { train: "train", validation: "validation", test: "test" },
    grammar: digest,
  });
});
