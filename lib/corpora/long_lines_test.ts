/** A line of ten million characters is read, whatever it is made of. */
import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { readConll } from "./conll.ts";
import { conllDefaults, type ConllOptions } from "./conll_options.ts";
import { conlluDefaults, readConllu } from "./conllu.ts";
import { csvDefaults, readCsvTexts } from "./csv_texts.ts";
import { tarOf } from "./tar_test_archives.ts";
import { readWikiannArchive } from "./wikiann_archive.ts";

const tagSet = { entityTypes: ["PER"] };
/** Characters of a line: time that grows with their square would not end. */
const long = 10_000_000;

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Asserts that lines around a long one are read beside it, or that it is refused with its place. */
function assertRead(
  name: string,
  run: () => readonly { readonly tokens: readonly string[] }[],
): void {
  try {
    const tokens = run().flatMap((sentence) => sentence.tokens);
    assert.deepEqual([tokens[0], tokens.at(-1)], ["x", "x"], name);
  } catch (error) {
    assert.ok(error instanceof UserError, `${name}: ${error}`);
    assert.match(error.message, /\bf(?:\/train)?:\d+:/, name);
  }
}

/** Lines by a text that is repeated in them; `N` stands for it. */
const lines: readonly (readonly [name: string, unit: string, around: string])[] = [
  ["spaces inside", " ", "aNb O"],
  ["spaces at the end", " ", "a ON"],
  ["spaces only", " ", "N"],
  ["tabs and spaces", " \t", "aNb O"],
  ["no-break spaces", "\u00a0", "aNb O"],
  ["a long word", "a", "N O"],
  ["a long word beyond ASCII", "ä", "N O"],
  ["combining marks", "\u0301\u0323", "aN O"],
  ["invisible characters", "\u200b\u200d", "aNb O"],
  ["a long tag", "B-", "a N"],
  ["quotes", 'a word and ""', '"aN" O'],
  ["open quotes", '"a ', "N O"],
  ["carriage returns", "a O\r", "N"],
  ["byte-order marks", "\ufeff", "aN O"],
  ["line separators", "\u2028", "a ON"],
  ["mojibake", "Ã±", "N O"],
  ["empty columns", " x", "aN O"],
];

type Layout = readonly [name: string, options: Partial<ConllOptions>, lines?: readonly string[]];
const layouts: readonly Layout[] = [
  ["as it is", {}],
  ["all repairs", {
    repair: ["trimSpaces", "splitSpaces", "dropInvisible", "dropControls", "dropUnassigned"],
    normalize: "nfc",
    repairMojibake: true,
    missingTags: "outside",
  }, ["no-break spaces", "combining marks", "invisible characters", "mojibake"]],
  ["quoted, by number", { quotes: true, token: 1, tag: 2, comments: "#" }, [
    "quotes",
    "open quotes",
    "spaces inside",
  ]],
  ["the last separator", { splitAt: "last", separator: "whitespace" }, [
    "tabs and spaces",
    "spaces at the end",
  ]],
];

for (const [layout, options, only] of layouts) {
  Deno.test(`column files, ${layout}: a line of ten million characters is read or refused`, () => {
    for (const [name, unit, around] of lines) {
      if (only && !only.includes(name)) continue;
      const text = unit.repeat(long / unit.length);
      const bytes = bytesOf(`x O\n${around.replace("N", () => text)}\nx O\n`);
      assertRead(
        name,
        () => readConll(bytes, "f", tagSet, { ...conllDefaults, ...options }).sentences,
      );
    }
  });
}

Deno.test("CoNLL-U and CSV: a line of ten million characters is read or refused", () => {
  for (const unit of [" ", "a", "\t", "\u0301\u0323", '""']) {
    const text = unit.repeat(long / unit.length);
    const row = (word: string) => `1\t${word}\t_\tNOUN\t_\t_\t_\t_\t_\t_\n\n`;
    const treebank = bytesOf(`${row("x")}${row(`x${text}y`)}${row("x")}`);
    assertRead(
      `CoNLL-U of ${JSON.stringify(unit)}`,
      () => readConllu(treebank, "f", { tags: ["NOUN"] }, conlluDefaults).sentences,
    );
    for (const quote of ["", '"']) {
      const rows = bytesOf(`text,label\nx,a\n${quote}x${text}y${quote},a\nx,a\n`);
      assertRead(
        `CSV of ${JSON.stringify(unit)} in ${quote || "nothing"}`,
        () =>
          readCsvTexts(rows, "f", ["a"], csvDefaults).texts.map(({ text }) => ({ tokens: [text] })),
      );
    }
  }
});

Deno.test("raw archives of WikiANN: a line of ten million characters is read or refused", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const unit of [" ", ":", "a"]) {
      for (const around of ["xx:aNb\tO", "aN\tO"]) {
        const path = `${folder}/f`;
        const text = `xx:x\tO\n${around.replace("N", () => unit.repeat(long))}\nxx:x\tO\n`;
        await Deno.writeFile(path, await tarOf([["train", text]]));
        const options = { missingTags: "error", repair: [] } as const;
        const read = await readWikiannArchive(path, "xx", { train: "train" }, ["PER"], options)
          .then(({ train }) => () => train!.sentences, (error) => () => {
            throw error;
          });
        assertRead(`"${unit}" in ${around}`, read);
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
