import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { UserError } from "../core/errors.ts";
import { assertClose } from "../statistics/testdata/toy_counts.ts";
import { comparisonRows } from "./comparisons.ts";
import { intervalRows } from "./intervals.ts";
import { parsePredictions } from "./prediction_file.ts";
import { type ComparedSide, readSides } from "./two_sides.ts";

const asked = { metric: "f1", of: "micro", seedAxis: "seed" } as const;
const how = { ...asked, resamples: 10_000, confidence: .95, draw: 0, seeds: "auto" } as const;

function side(model: string, files: Readonly<Record<string, string>>): ComparedSide {
  const foreign = Object.entries(files).map(([file, text]) => ({
    ...parsePredictions(text, file),
    language: file.split(".")[0],
    model,
  }));
  return { name: model, counts: [], foreign, predictions: [] };
}

const oracles = fileURLToPath(new URL("../../../shared/oracles", import.meta.url));
const published: [string, number, [number, number, number], number, [number, number, number]][] = [
  ["hau", 552, [85.151, 83.0, 87.2], 89.860, [4.71, 2.9, 6.5]],
  ["swa", 604, [79.017, 76.6, 81.4], 87.636, [8.62, 6.3, 11.0]],
  ["luo", 186, [63.505, 58.6, 68.2], 74.185, [10.7, 6.3, 15.2]],
];
Deno.test({
  name: "compare: published predictions give the published intervals (needs ../shared/oracles)",
  ignore: !existsSync(oracles),
  async fn() {
    const read = (folder: string) =>
      side(
        folder,
        Object.fromEntries(published.map(([language]) => [
          `${language}.pred.txt`,
          Deno.readTextFileSync(`${oracles}/${folder}/${language}.pred.txt`),
        ])),
      );
    const { a, b, lines } = await readSides(read("span-f1"), read("bilstm-crf"), asked);
    assert.deepEqual(lines, []);
    const { rows } = comparisonRows(a, b, { ...how, alpha: .05, swaps: 10_000 });
    const own = intervalRows(b, { ...how, method: "percentile" }).rows;
    published.forEach(
      ([language, sentences, [score, low, high], better, [difference, from, to]], i) => {
        const row = rows[i], interval = own[i];
        assert.deepEqual([row.language, row.sentences, row.verdict], [
          language,
          sentences,
          "better",
        ]);
        assertClose(interval.value!, score, 1e-5);
        assertClose(row.a!, better, 1e-5);
        assertClose(row.difference!, difference, .01);
        // A rounded digit, and three standard errors of drawn 2.5 % quantiles.
        for (
          const [found, expected] of [[interval.low, low], [interval.high, high], [row.low, from], [
            row.high,
            to,
          ]]
        ) {
          assert.ok(Math.abs(found! - expected!) < .3, `${language}: ${found} ${expected}`);
        }
        assertClose(row.p!, 1 / 10_001, 1e-9);
      },
    );
    assert.deepEqual([rows[3].language, rows[3].targets, rows[3].verdict], [null, 3, "better"]);
  },
});

const gold = "Ada B-PER O\n12 O O\n\nin O O\nUyo B-LOC B-LOC\n";

Deno.test("compare: a file without right answers takes the other's, and what it cut off is O", async () => {
  const { a, b } = await readSides(
    side("mine", { "swa.txt": "Ada B-PER\n00 O\n\nin O\n" }),
    side("theirs", { "x.txt": gold }),
    asked,
  );
  const { rows: [row] } = comparisonRows(a, b, { ...how, alpha: .05, swaps: 100 });
  // Each finds one of two.
  assert.deepEqual([row.sentences, row.difference, row.p], [2, 0, 1]);
  assertClose(row.a!, 200 / 3, 1e-12);
});

const refused: [string, Record<string, string>, Record<string, string>, RegExp][] = [
  [
    "another word",
    { "swa.txt": gold },
    { "swa.txt": gold.replace("in O O", "on O O") },
    /^Cannot pair word "on" with "in" of swa.txt: their test sets differ$/,
  ],
  [
    "another right answer",
    { "swa.txt": gold },
    { "swa.txt": gold.replace("B-LOC B-LOC", "B-ORG B-LOC") },
    /^Cannot compare answers to different questions: the right answer for "Uyo" is B-ORG here, and B-LOC in swa.txt$/,
  ],
  [
    "a sentence more",
    { "swa.txt": gold },
    { "swa.txt": `${gold}\nend O O\n` },
    /^Cannot compare "swa.txt" with swa.txt: their test sets differ: 3 sentences and 2$/,
  ],
  [
    "a word less beside right answers",
    { "swa.txt": gold },
    { "swa.txt": gold.replace("\nUyo B-LOC B-LOC", "") },
    /^Cannot pair this sentence with that of swa.txt: it has 1 words, the other 2$/,
  ],
  [
    "languages of one side each",
    { "swa.txt": gold, "hau.txt": gold },
    { "yor.txt": gold, "ibo.txt": gold },
    /^Cannot compare "a" with "b": they have no test set in common: predictions swa test, predictions hau test and none$/,
  ],
  [
    "no right answers at all",
    { "swa.txt": "a O\n" },
    { "swa.txt": "a O\n" },
    /^Cannot score "swa.txt": it has no right answers, nor has the other side the words$/,
  ],
];
for (const [name, a, b, message] of refused) {
  Deno.test(`compare refuses ${name}`, async () => {
    await assert.rejects(
      readSides(side("a", a), side("b", b), asked),
      (error) => error instanceof UserError && message.test(error.problems[0].message),
    );
  });
}

Deno.test("compare leaves out a file of several that is not of the same words, and says so", async () => {
  const { a, b, lines } = await readSides(
    side("a", { "swa.txt": gold, "hau.txt": gold }),
    side("b", { "swa.txt": gold, "hau.txt": gold.replace("in O O", "on O O") }),
    asked,
  );
  assert.deepEqual([a, b].map((side) => side.map(({ language }) => language)), [["swa"], ["swa"]]);
  assert.deepEqual(lines, [
    'left out: hau.txt: Cannot pair word "on" with "in" of hau.txt: their test sets differ',
    'only "a" has predictions hau test',
  ]);
});

Deno.test("compare leaves out sentences that differ on both sides, where that is asked for", async () => {
  const long = "Uyo B-LOC B-LOC\n\nAda B-PER O\nis O O\n\nin O O\nUyo B-LOC O\n\nEne B-PER B-PER\n";
  const other = long
    .replace("is O O", "us O O") // a word
    .replace("Uyo B-LOC O", "Uyo B-ORG O") // a right answer
    .replace("Ene B-PER B-PER", "Ene B-PER O");
  const sides = [side("a", { "swa.txt": long }), side("b", { "swa.txt": other })] as const;
  const { a, b, lines } = await readSides(...sides, asked, "leave");
  assert.deepEqual(lines, ["predictions swa test: 2 of 4 sentences differ: left out"]);
  assert.deepEqual([a, b].map(([each]) => [each.sentences, each.gold]), [
    [[0, 3], [1, 1]],
    [[0, 3], [1, 1]],
  ]);
  const { rows: [row] } = comparisonRows(a, b, { ...how, alpha: .05, swaps: 100 });
  assert.deepEqual([row.sentences, row.a], [2, 100]);
  assertClose(row.b!, 200 / 3, 1e-12);
  // Nothing in common is still an error.
  await assert.rejects(
    readSides(
      side("a", { "swa.txt": "a O O\n" }),
      side("b", { "swa.txt": "b O O\n" }),
      asked,
      "leave",
    ),
    /Cannot pair word "b" with "a" of swa.txt/,
  );
});
