import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { findSource, parseCatalogue, standardCatalogue } from "./catalogue.ts";
import { sampleLanguages } from "./sample.ts";

const entry = `corpora:
  tiny:
    title: A tiny corpus
    task: ner
    licence: none
    format: conll
    url: https://example.org/{language}/{split}.txt
    languages: deu zh-min-nan
    aliases: { nan: zh-min-nan }
    splits: { train: train, validation: dev }
    entityTypes: [PER, LOC]
    sha256:
      deu: { train: ${"a".repeat(64)} }
`;

function messageFor(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return error.message;
  }
  throw new Error("expected an error");
}

Deno.test("a language of a corpus has an address and a pin for each split", () => {
  const source = findSource(parseCatalogue(entry, "sources.yaml"), "tiny", "deu");
  const mirrorOnly = undefined;
  assert.deepEqual(source.files, [
    {
      holds: "train",
      url: "https://example.org/deu/train.txt",
      pins: { sha256: "a".repeat(64), mirrorSha256: undefined },
      mirrorOnly,
    },
    {
      holds: "validation",
      url: "https://example.org/deu/dev.txt",
      pins: { sha256: undefined, mirrorSha256: undefined },
      mirrorOnly,
    },
  ]);
});

Deno.test("an unknown corpus or language gets the known ones and a suggestion", () => {
  const catalogue = parseCatalogue(entry, "sources.yaml");
  assert.equal(
    messageFor(() => findSource(catalogue, "tinny", "deu")),
    `Cannot find the corpus "tinny" in data/sources.yaml
  did you mean "tiny"? known here: tiny`,
  );
  assert.equal(
    messageFor(() => findSource(catalogue, "tiny", "nan")),
    `Cannot find the language "nan" in the corpus "tiny"
  this corpus spells it "zh-min-nan"`,
  );
  assert.equal(
    messageFor(() => findSource(catalogue, "tiny", "swa")),
    `Cannot find the language "swa" in the corpus "tiny"
  known here: deu, zh-min-nan (2 languages)`,
  );
});

Deno.test("an unknown key is shown in its place", () => {
  assert.equal(
    messageFor(() => parseCatalogue(entry.replace("licence:", "license:"), "data/sources.yaml")),
    `data/sources.yaml:2:3: Cannot do without "corpora.tiny.licence"
    tiny:
    ~~~~
  add it: text

data/sources.yaml:5:5: Cannot use key "license"
      license: none
      ~~~~~~~
  did you mean "licence"?`,
  );
});

for (
  const [name, from, to, message] of [
    [
      "format",
      "format: conll",
      "format: conl",
      /:6:13: [^]*expected one of "conll", "conllu", /,
    ],
    [
      "option",
      "    splits:",
      "    options: { seperator: tab }\n    splits:",
      /:10:16: [^]*"seperator"/,
    ],
    ["task", "task: ner", "task: nre", /:4:11: Cannot use this as "corpora.tiny.task"/],
    ["task for its tags", "task: ner", "task: pos", /:4:11: [^]*needs `tags`/],
    ["query in the address", "{split}.txt", "{split}.txt?x", /:7:10: [^]*without query/],
    ["hole in the address", "{split}", "{part}", /:7:10: [^]*must have {language} and {split}/],
    ["repeated language", "deu zh", "deu deu zh", /:8:16: [^]*"deu" is listed twice/],
    ["alias", "nan: zh-min-nan", "nan: nan", /:9:21: [^]*"nan" is none of the languages/],
    ["split name", "validation: dev", "dev: dev", /:10:29: [^]*"dev"/],
    ["entity type", "[PER, LOC]", "[PER, 'L C']", /:11:24: [^]*must have no white space/],
    ["empty list", "[PER, LOC]", "[]", /:11:18: [^]*at least 1 item/],
    ["repeated entity type", "[PER, LOC]", "[PER, LOC, PER]", /:11:29: [^]*"PER" is listed twice/],
    [
      "hidden entity type",
      "[PER, LOC]",
      '["PER\\u200b"]',
      /:11:19: [^]*nothing that cannot be seen/,
    ],
    ["repeated split", "validation: dev", "validation: train", /:10:41: [^]*another split already/],
    ["missing kind of tags", "    entityTypes: [PER, LOC]\n", "", /:4:11: [^]*needs `entityTypes`/],
    ["two kinds of tags", "[PER, LOC]", "[PER]\n    tags: upos", /must not stand beside/],
    ["part of speech", "entityTypes: [PER, LOC]", "tags: uposs", /:11:11: /],
    [
      "part of an address",
      "{split}.txt",
      "{split}{x}.txt\n    parts: { deu: { x: a } }",
      /:7:10: [^]*what `parts` has for every language/,
    ],
    ["pin", "a".repeat(64), "a".repeat(63), /:13:21: [^]*SHA-256 of 64/],
    ["pinned language", "      deu:", "      fra:", /:13:12: [^]*"fra" is none of the languages/],
    [
      "pinned split",
      "deu: { train:",
      "deu: { test:",
      /:13:20: [^]*"test" is no file of this corpus/,
    ],
  ] as const
) {
  Deno.test(`a wrong ${name} is shown in its place`, () => {
    assert.ok(entry.includes(from));
    const text = entry.replace(from, to);
    assert.match(messageFor(() => parseCatalogue(text, "sources.yaml")), message);
  });
}

Deno.test("labels must be tags of the entity types", () => {
  const text = entry.replace("format: conll", "format: wikiann_parquet")
    .replace("    splits:", "    options: { labels: [O, B-PER, B-MISC] }\n    splits:");
  assert.match(
    messageFor(() => parseCatalogue(text, "sources.yaml")),
    /:10:35: [^]*"B-MISC" is no tag/,
  );
});

Deno.test("the catalogue of this repository is valid and has the published languages", async () => {
  const catalogue = await standardCatalogue();
  const counts = [...catalogue].map(([name, { languages }]) => [name, languages.length]);
  assert.deepEqual(counts, [
    ["sample", sampleLanguages.length],
    ["wikiann", 176],
    ["wikiann-raw", 176],
    ["pan-x", 40],
    ["masakhaner", 10],
    ["masakhaner2", 20],
    ["conll", 4],
    ["ud", 7],
    ["ud-dev-as-train", 4],
    ["masakhapos", 20],
    ["sentiment", 6],
    ["xnli", 2],
    ["sentiment-valid-as-train", 1],
  ]);
  assert.deepEqual(catalogue.get("sample")?.languages, [...sampleLanguages]);
  for (const [corpus, { languages }] of catalogue) {
    for (const language of languages) findSource(catalogue, corpus, language);
  }
});

Deno.test("types of any script and case can be declared", () => {
  const types =
    "location creative-work LOCderiv WORK_OF_ART pers.ind Multi-tissue_structure PER2 ЛИЦО 人名 " +
    "constructor __proto__ B-PER 0";
  const text = entry.replace("[PER, LOC]", `[${types.split(" ").map((t) => `"${t}"`).join(", ")}]`);
  const { entry: parsed } = findSource(parseCatalogue(text, "sources.yaml"), "tiny", "deu");
  assert.deepEqual(parsed.entityTypes, types.split(" "));
});

Deno.test("names of objects are ordinary names of corpora and languages", () => {
  const names = ["constructor", "__proto__", "toString", "hasOwnProperty"];
  for (const name of names) {
    const text = entry.replace("tiny:", `${name}:`).replace("deu zh", `${names.join(" ")} zh`)
      .replace("      deu:", `      ${name}:`).replace("{ nan:", `{ ${name}x:`)
      .replace("    splits:", `    languageOptions: { ${name}: { scheme: io } }\n    splits:`);
    const source = findSource(parseCatalogue(text, "sources.yaml"), name, name);
    assert.equal(source.files[0].url, `https://example.org/${name}/train.txt`);
    assert.equal(source.files[0].pins.sha256, "a".repeat(64));
    assert.ok("languageOptions" in source.entry);
    assert.deepEqual(source.entry.languageOptions.get(name), { scheme: "io" });
    for (const unknown of names) {
      const catalogue = parseCatalogue(entry, "sources.yaml");
      assert.match(
        messageFor(() => findSource(catalogue, unknown, "deu")),
        /^Cannot find the corpus/,
      );
      assert.match(
        messageFor(() => findSource(catalogue, "tiny", unknown)),
        /^Cannot find the language/,
      );
    }
  }
});

Deno.test("addresses: one language, one split, parts of a language, splits of a language", () => {
  const urls = (text: string, language: string) =>
    findSource(parseCatalogue(text, "sources.yaml"), "tiny", language).files.map(({ url }) => url);
  const one = entry.replace("deu zh-min-nan", "deu").replace(
    "    aliases: { nan: zh-min-nan }\n",
    "",
  )
    .replace("/{language}/", "/");
  assert.deepEqual(urls(one, "deu"), [
    "https://example.org/train.txt",
    "https://example.org/dev.txt",
  ]);
  const single = one.replace("{split}.txt", "all.txt").replace(", validation: dev", "");
  assert.deepEqual(urls(single, "deu"), ["https://example.org/all.txt"]);
  const parts = entry.replace("{language}/", "{bank}/")
    .replace(
      "    splits:",
      "    parts: { deu: { bank: A-GSD }, zh-min-nan: { bank: X } }\n" +
        "    languageSplits: { zh-min-nan: { test: t } }\n    splits:",
    );
  assert.deepEqual(urls(parts, "deu"), [
    "https://example.org/A-GSD/train.txt",
    "https://example.org/A-GSD/dev.txt",
  ]);
  assert.deepEqual(urls(parts, "zh-min-nan"), ["https://example.org/X/t.txt"]);
});
