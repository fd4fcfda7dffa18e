/** Readers take time in proportion to a line, whatever it is made of. */
import { strict as assert } from "node:assert";
import { UserError } from "../core/errors.ts";
import { readConll } from "./conll.ts";
import { conllDefaults, type ConllOptions } from "./conll_options.ts";
import { conlluDefaults, readConllu } from "./conllu.ts";
import { csvDefaults, readCsvTexts } from "./csv_texts.ts";
import { tarOf } from "./tar_test_archives.ts";
import { readWikiannArchive } from "./wikiann_archive.ts";

const tagSet = { entityTypes: ["PER"] };
const small = 1_000_000;
const large = 10 * small;
const mostRatio = 20;
/** Below this, in milliseconds, a time says nothing. */
const least = 100;

function timeOf(run: () => void): number {
  const start = performance.now();
  try {
    run();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
  return performance.now() - start;
}

/** Asserts that time grows with the length; what else the machine does only makes times longer. */
function assertLinear(name: string, runOf: (length: number) => () => void): void {
  const [runShort, runLong] = [runOf(small), runOf(large)];
  const short = Math.min(timeOf(runShort), timeOf(runShort));
  let long = timeOf(runLong);
  for (let i = 0; i < 3 && long / Math.max(short, least) >= mostRatio; i++) {
    long = Math.min(long, timeOf(runLong));
  }
  const ratio = long / Math.max(short, least);
  assert.ok(ratio < mostRatio, `${name}: ${short.toFixed(0)} ms, then ${long.toFixed(0)} ms`);
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
  Deno.test(`column files, ${layout}: ten times the line takes less than 20 times as long`, () => {
    for (const [name, unit, around] of lines) {
      if (only && !only.includes(name)) continue;
      assertLinear(name, (length) => {
        const long = unit.repeat(length / unit.length);
        const bytes = new TextEncoder().encode(`x O\n${around.replace("N", () => long)}\nx O\n`);
        return () => void readConll(bytes, "f", tagSet, { ...conllDefaults, ...options });
      });
    }
  });
}

Deno.test("CoNLL-U and CSV: ten times the line takes less than 20 times as long", () => {
  const long = (length: number, unit: string) => unit.repeat(length / unit.length);
  const bytesOf = (text: string) => new TextEncoder().encode(text);
  for (const unit of [" ", "a", "\t", "\u0301\u0323", '""']) {
    assertLinear(`CoNLL-U of ${JSON.stringify(unit)}`, (length) => {
      const bytes = bytesOf(`1\tx${long(length, unit)}y\t_\tNOUN\t_\t_\t_\t_\t_\t_\n\n`);
      return () => void readConllu(bytes, "f", { tags: ["NOUN"] }, conlluDefaults);
    });
    for (const quote of ["", '"']) {
      assertLinear(`CSV of ${JSON.stringify(unit)} in ${quote || "nothing"}`, (length) => {
        const bytes = bytesOf(`text,label\n${quote}x${long(length, unit)}y${quote},a\n`);
        return () => void readCsvTexts(bytes, "f", ["a"], csvDefaults);
      });
    }
  }
});

Deno.test("raw archives of WikiANN: ten times the line takes less than 20 times as long", async () => {
  const folder = await Deno.makeTempDir();
  const time = async (text: string) => {
    const path = `${folder}/x.tar`;
    await Deno.writeFile(path, await tarOf([["train", text]]));
    let shortest = Infinity;
    for (let i = 0; i < 2; i++) {
      const start = performance.now();
      await readWikiannArchive(path, "xx", { train: "train" }, ["PER"], {
        missingTags: "error",
        repair: [],
      }).catch((error) => assert.ok(error instanceof UserError, String(error)));
      shortest = Math.min(shortest, performance.now() - start);
    }
    return shortest;
  };
  try {
    for (const unit of [" ", ":", "a"]) {
      for (const around of ["xx:aNb\tO", "aN\tO"]) {
        const line = (length: number) => around.replace("N", () => unit.repeat(length));
        const [short, long] = [await time(line(small)), await time(line(large))];
        const ratio = long / Math.max(short, least);
        assert.ok(ratio < mostRatio, `"${unit}" in ${around}: ${short} ms, then ${long} ms`);
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
