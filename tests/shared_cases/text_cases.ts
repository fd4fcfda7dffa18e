/**
 * What must come of the cases about files of text.
 *
 * @module
 */
import { strict as assert } from "node:assert";
import { join } from "node:path";
import type { CaseCheck } from "./case_bench.ts";

const train = "SELECT tokens, tags FROM sentences WHERE split = 'train' ORDER BY sentence";
const conll = `title: siblings
task: ner
licence: own
format: conll
mirrorOnly: made by hand
splits: { train: train, validation: dev, test: test }
entityTypes: [PER, ORG, LOC]
`;
const good = "Ada B-PER\nran O\n";

/** The checks by the folder of their case. */
export const textCases: Readonly<Record<string, CaseCheck>> = {
  "bom-inside": async (bench) => {
    await bench.run();
    const expected = [[["Anna", "ran"], ["B-PER", "O"]], [["Bob", "\uFFFD"], ["B-PER", "O"]]];
    assert.deepEqual(await bench.rows(train), expected);
    assert.deepEqual(
      await bench.rows(
        "SELECT units, hex(encode(units[1])) FROM examples WHERE split = 'train' ORDER BY sentence",
      ),
      [[["Anna", "ran"], "416E6E61"], [["Bob", "\uFFFD"], "426F62"]],
    );
    assert.deepEqual(await bench.oddities(), [
      ["train", "byteOrderMarkInside", "dropped", 4, "U+FEFF"],
      ["train", "byteOrderMarkInside", "dropped", 5, "U+FEFF"],
      ["train", "byteOrderMarkInside", "dropped", 7, "U+FEFF"],
      ["train", "documentMarker", "dropped", 7, "-DOCSTART- O"],
      ["train", "emptyToken", "repaired", 5, ""],
    ]);
  },

  "cr-only-lines": async (bench) => {
    await bench.run();
    assert.deepEqual(await bench.rows(train), [
      [["Anna", "lives", "in", "Paris"], ["B-PER", "O", "O", "B-LOC"]],
    ]);
    assert.deepEqual(
      await bench.rows(
        "SELECT split, count(*)::INTEGER FROM oddities WHERE oddity = 'loneCarriageReturns' " +
          "GROUP BY split ORDER BY split",
      ),
      [["test", 2], ["train", 4], ["validation", 2]],
    );

    const siblings = bench.of("cr-siblings");
    const files = {
      tabs: "Ada\tB-PER\rran\tO\r\rRome\tB-LOC\r",
      docstart: "-DOCSTART- -X- -X- O\r\rAda NNP B-NP B-PER\rran VB B-VP O\r",
      separator: "Ada B-PER\u2028ran O\u2028",
      twice: "Ada B-PER\r\r\nran O\r\r\n",
    };
    const languages = Object.keys(files);
    await siblings.addCorpus(
      `${conll}url: https://cases.example/cr/{language}/{split}.txt
languages: ${languages.join(" ")}
languageOptions: { tabs: { separator: tab } }`,
      languages,
      Object.fromEntries(
        Object.entries(files).flatMap(([language, text]) =>
          ["train", "dev", "test"].map((split) => [
            `cr/${language}/${split}.txt`,
            split === "train" ? text : language === "tabs" ? good.replaceAll(" ", "\t") : good,
          ])
        ),
      ),
    );
    const out = await siblings.failure("--keep-going");
    assert.match(
      out,
      /separator\/train\.txt:1:10: Cannot read this line: U\+2028 stands outside of a/,
    );
    assert.match(out, /twice\/train\.txt:1:10: Cannot tell where lines end: CR CR LF may be one/);
    assert.deepEqual(
      await siblings.rows(
        "SELECT language, tokens, tags FROM sentences WHERE split = 'train' " +
          "ORDER BY language, sentence",
      ),
      [
        ["docstart", ["Ada", "ran"], ["B-PER", "O"]],
        ["tabs", ["Ada", "ran"], ["B-PER", "O"]],
        ["tabs", ["Rome"], ["B-LOC"]],
      ],
    );
  },

  "entity-type-names": async (bench) => {
    assert.match(
      await bench.failure(),
      /train\.txt:1:6: Cannot use the tag "B-location": [^]*add "location" to the corpus's `entityTypes`/,
    );
    const types = [
      "location",
      "creative-work",
      "LOCderiv",
      "WORK_OF_ART",
      "pers.ind",
      "Multi-tissue_structure",
      "PER2",
      "ЛИЦО",
      "人名",
    ];
    const path = join(bench.project.folder, "data/sources.yaml");
    const catalogue = await Deno.readTextFile(path);
    const at = catalogue.indexOf("  entity-type-names:");
    const entry = catalogue.slice(at);
    const declared = entry.replace("LOC]", `LOC, ${types.join(", ")}]`);
    await Deno.writeTextFile(path, catalogue.slice(0, at) + declared);
    await bench.project.edit(
      "cases/entity-type-names/pipeline.yaml",
      "use: ner.tokenize,",
      `use: ner.tokenize, with: { entityTypes: [PER, ${types.join(", ")}] },`,
    );
    await bench.run();
    assert.deepEqual(await bench.rows(train), [[["Rome", "ran"], ["B-location", "O"]]]);
    assert.deepEqual(
      await bench.rows("SELECT DISTINCT unnest(answers) AS answer FROM examples ORDER BY answer"),
      [["B-PER"], ["B-location"], ["O"]],
    );
  },

  "escape-in-word": async (bench) => {
    await bench.run();
    const query = "SELECT tokens FROM sentences WHERE split = 'train'";
    const { stdout } = await bench.crosstie("sql", [query]);
    assert.equal(stdout.split("\n").at(2), "[An␛[31mna, ran]");
    assert.deepEqual(await bench.rows(query), [[["An\x1b[31mna", "ran"]]]);
    assert.deepEqual(await bench.oddities(), [
      ["train", "controlCharacter", "kept", 1, "An<U+001B>[31mna"],
    ]);
  },

  "one-giant-sentence": async (bench) => {
    const out = await bench.failure();
    for (const split of ["train", "validation", "test"]) {
      assert.match(
        out,
        new RegExp(`Cannot use the ${split} split of one-giant-sentence xx: it is one sentence of`),
      );
    }
    assert.match(out, /blank lines are missing: declare where sentences end in data\/sources.yaml/);
  },

  "utf8-error-place": async (bench) => {
    assert.match(
      await bench.failure(),
      /train\.txt:4:4: Cannot read the file as UTF-8: a byte on this line is not\n {6}Jos\uFFFD B-PER\n {9}~\n/,
    );
  },

  "white-space-words": async (bench) => {
    await bench.run();
    const words = ["New York", " ", "MH17 ", "\u200B", "An\x07na"];
    assert.deepEqual(await bench.rows(train), [[words, ["B-LOC", "O", "O", "O", "B-PER"]]]);
    assert.deepEqual(await bench.oddities(), [
      ["train", "controlCharacter", "kept", 5, "An<U+0007>na"],
      ["train", "invisibleCharacter", "kept", 4, "<U+200B>"],
      ["train", "whiteSpaceInWord", "kept", 1, "New York"],
      ["train", "whiteSpaceInWord", "kept", 2, "<U+0020>"],
      ["train", "whiteSpaceInWord", "kept", 3, "MH17<U+0020>"],
    ]);
  },

  "wikiann-prefix": async (bench) => {
    const out = await bench.failure("--keep-going");
    const places = [["noprefix", 1], ["noprefix", 2], ["other", 1], ["cr", 1], ["cr", 3]] as const;
    for (const [language, line] of places) {
      assert.match(
        out,
        new RegExp(
          `/${language}\\.tar\\.gz/train:${line}:1: Cannot find the language before the word: ` +
            `expected "${language}:word<TAB>TAG"`,
        ),
      );
    }
    assert.match(out, /0 ran, 0 fresh, 3 failed/);
  },

  "parquet-column-types": async (bench) => {
    const out = await bench.failure("--keep-going");
    const types = { struct: "STRUCT(t VARCHAR)[]", nested: "VARCHAR[][]", text: "VARCHAR" };
    for (const [language, type] of Object.entries(types)) {
      const found = out.match(
        new RegExp(`Cannot read the column "tokens" of \\S+/${language}/train.parquet: (.*)\n`),
      );
      assert.equal(found?.[1], `its type is ${type}`);
    }
    assert.deepEqual(
      await bench.rows(
        "SELECT language, tokens, tags FROM sentences WHERE split = 'train' ORDER BY language",
      ),
      [
        ["binary", ["Anna", "in", "Cádiz"], ["B-PER", "O", "B-LOC"]],
        ["feff", ["\uFEFFAnna", "\uFEFF", "Cádiz"], ["B-PER", "O", "B-LOC"]],
      ],
    );
    assert.deepEqual(
      await bench.rows(
        "SELECT language, oddity, count FROM oddities WHERE split = 'train' " +
          "AND oddity != 'unpinnedFile' ORDER BY ALL",
      ),
      [["binary", "binaryText", 1], ["feff", "invisibleCharacter", 2]],
    );
  },
};
