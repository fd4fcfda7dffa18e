import { strict as assert } from "node:assert";
import { join } from "node:path";
import { findSource, parseCatalogue } from "./catalogue.ts";
import { corpusFacts, type LoadOptions, loadTexts } from "./load_corpus.ts";

const yaml = `corpora:
  tiny:
    title: A tiny corpus
    task: entail
    licence: none
    format: json
    options: { lines: true, second: b, labelMap: { y: yes }, dropLabels: ["-"] }
    url: https://example.org/{language}.jsonl
    mirrorOnly: it is written here
    languages: en de
    splits: { test: test }
    cut: { split: test, together: 2, shares: { train: 2, test: 1 } }
    labels: [yes, no]
`;

/** Twelve pairs: those of the same number in another language are translations. */
function pairsOf(language: string): string {
  return Array.from({ length: 12 }, (_, i) => ({
    text: `${language} ${Math.floor(i / 2)}`,
    b: `${i}`,
    label: i % 2 ? "no" : "y",
    predicted: "no",
  })).map((row) => JSON.stringify(row)).join("\n");
}

async function load(language: string, content: string | undefined, options = {}) {
  const folder = await Deno.makeTempDir();
  const mirror = join(folder, "mirror");
  await Deno.mkdir(join(mirror, "example.org"), { recursive: true });
  if (content !== undefined) {
    await Deno.writeTextFile(join(mirror, "example.org", `${language}.jsonl`), content);
  }
  const log: string[] = [];
  try {
    const loaded = await loadTexts(findSource(parseCatalogue(yaml, "s"), "tiny", language), {
      limit: {},
      limitSeed: 1,
      fetch: { folder: join(folder, "downloads"), mirror },
      log: (line) => log.push(line),
      ...options as Partial<LoadOptions>,
    });
    return { ...loaded, log };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("what is tested in one language is no translation of what is learnt in another", async () => {
  const [en, de] = [await load("en", pairsOf("en")), await load("de", pairsOf("de"))];
  const texts = (rows: readonly { text: string }[]) => rows.map(({ text }) => text.slice(3));
  for (const { texts: { train, validation, test } } of [en, de]) {
    assert.deepEqual(texts(train), ["0", "0", "1", "1", "3", "3", "4", "4"]);
    assert.deepEqual(texts(test), ["2", "2", "5", "5"]);
    assert.deepEqual(validation, []);
    assert.deepEqual(test.map(({ sentence, label }) => [sentence, label]), [
      [0, "yes"],
      [1, "no"],
      [2, "yes"],
      [3, "no"],
    ]);
  }
  assert.ok(en.log.includes(
    "train: cutSplit × 8 (kept): the split is a fixed part of another one, as the catalogue declares",
  ));
  assert.deepEqual(
    en.oddities.filter(({ split }) => split === "train").map((
      { oddity, count },
    ) => [oddity, count]),
    [["cutSplit", 8]],
  );
});

Deno.test("a limit is of what is left after the cut, and never moves a row to another split", async () => {
  const whole = await load("en", pairsOf("en"));
  const { texts } = await load("en", pairsOf("en"), { limit: { train: 3, test: 0 } });
  assert.equal(texts.train.length, 3);
  for (const row of texts.train) assert.deepEqual(row, whole.texts.train[row.sentence]);
  assert.deepEqual(texts.test, []);
});

Deno.test("a file may be missing only where no split that is cut out of it is needed", async () => {
  await assert.rejects(
    load("en", undefined, { limit: { test: 0 } }),
    /Cannot fetch https:\/\/example.org\/en.jsonl/,
  );
  const { texts, oddities } = await load("en", undefined, {
    limit: { train: 0, validation: 0, test: 0 },
  });
  assert.deepEqual([texts.train, texts.test], [[], []]);
  assert.ok(oddities.some(({ oddity }) => oddity === "splitNotFetched"));
});

Deno.test("facts change with labels and their map, and with the cut", async () => {
  const facts = async (text: string) =>
    JSON.stringify(await corpusFacts(findSource(parseCatalogue(text, "s"), "tiny", "en")));
  const before = await facts(yaml);
  for (
    const [from, to] of [
      ["y: yes", "y: no"],
      ["y: yes", "Y: yes"],
      ['["-"]', '["?"]'],
      ["train: 2", "train: 3"],
      ["together: 2", "together: 1"],
      ["[yes, no]", "[no, yes]"],
    ]
  ) assert.notEqual(await facts(yaml.replace(from, to)), before, to);
  assert.equal(await facts(yaml.replace("A tiny", "The tiny")), before);
});
