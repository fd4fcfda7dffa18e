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
    ["task", "task: ner", "task: pos", /:4:11: Cannot use this as "corpora.tiny.task"/],
    ["query in the address", "{split}.txt", "{split}.txt?x", /:7:10: [^]*without query/],
    ["hole in the address", "{split}", "{part}", /:7:10: [^]*must have {language} and {split}/],
    ["repeated language", "deu zh", "deu deu zh", /:8:16: [^]*"deu" is listed twice/],
    ["alias", "nan: zh-min-nan", "nan: nan", /:9:21: [^]*"nan" is none of the languages/],
    ["split name", "validation: dev", "dev: dev", /:10:29: [^]*"dev"/],
    ["entity type", "[PER, LOC]", "[PER, 'L C']", /:11:24: [^]*must have no white space/],
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
  ]);
  assert.deepEqual(catalogue.get("sample")?.languages, [...sampleLanguages]);
  for (const [corpus, { languages }] of catalogue) {
    for (const language of languages) findSource(catalogue, corpus, language);
  }
});
