import { strict as assert } from "node:assert";
import { standardLanguages } from "../corpora/languages.ts";
import type { ExampleRow } from "../table/schemas/examples.ts";
import { letterScripts } from "./letter_scripts.ts";
import { corpusProfile, sourceFeatures } from "./source_features.ts";

function rowsOf(
  language: string,
  sentences: readonly (readonly [words: string, tags: string])[],
  whose: Partial<ExampleRow> = {},
): ExampleRow[] {
  return sentences.map(([words, tags], sentence) => ({
    corpus: "c",
    language,
    split: "train",
    sentence,
    variant: 0,
    units: words.split(" "),
    answers: tags.split(" "),
    inputIds: [0, ...words.split(" ").map((word) => word.length), 1],
    typeIds: [],
    wordIds: [-1, ...words.split(" ").keys(), -1],
    asked: [],
    gold: [],
    lostWords: 0,
    ...whose,
  }));
}

const entities = { asks: "words", scheme: "iob2", tokenizer: "t" } as const;

async function featuresOf(
  source: readonly ExampleRow[],
  target: readonly ExampleRow[],
  format: Partial<Omit<typeof entities, "tokenizer" | "asks">> & {
    asks?: "words" | "sentences";
    tokenizer?: string;
  } = {},
): Promise<Record<string, number | null>> {
  const rows = sourceFeatures(
    corpusProfile(source, entities),
    corpusProfile(target, { ...entities, ...format }),
    await standardLanguages(),
  );
  return Object.fromEntries(rows.map(({ feature, value }) => [feature, value]));
}

const english = rowsOf("eng", [
  ["Amina saw Kisumu", "B-PER O B-LOC"],
  ["Ali saw Amina", "B-PER O B-PER"],
  ["she saw them", "O O O"],
]);
const swahili = rowsOf("swa", [["Amina Ali aliona Kisumu", "B-PER I-PER O B-LOC"]]);

Deno.test("source features: by hand", async () => {
  // English: 9 words, 6 different, of 3, 4, 5 and 6 letters; Swahili 4, of 3, 5 and 6.
  assert.deepEqual(await featuresOf(english, swahili), {
    sourceSize: 3,
    targetSize: 1,
    sizeRatio: 3,
    sourceTtr: 6 / 9,
    targetTtr: 1,
    ttrDistance: (1 - 6 / 9) ** 2,
    sharedWords: 3,
    wordOverlap: 3 / 10,
    subwordOverlap: 3 / 7,
    entityOverlap: 1 / 5,
    scriptOverlap: 1,
    genealogy: 3,
  });
});

Deno.test("source features: overlaps are the same both ways, and half where all is", async () => {
  const [there, back] = [
    await featuresOf(english, swahili),
    await featuresOf(swahili, english),
  ];
  for (
    const name of ["sharedWords", "wordOverlap", "subwordOverlap", "entityOverlap", "genealogy"]
  ) assert.equal(there[name], back[name], name);
  assert.equal(there.sizeRatio, 1 / back.sizeRatio!);
  const same = await featuresOf(english, english);
  assert.deepEqual(
    [same.wordOverlap, same.subwordOverlap, same.entityOverlap, same.ttrDistance, same.genealogy],
    [.5, .5, .5, 0, 0],
  );
});

Deno.test("source features: variants and sentences that come twice count once", async () => {
  const more = [
    ...english,
    ...rowsOf("eng", [["others of it all", "B-PER O O O"]], { variant: 1 }),
    ...english,
  ];
  assert.deepEqual(await featuresOf(more, swahili), await featuresOf(english, swahili));
});

Deno.test("source features: what cannot be told is NULL, and no distance of 0", async () => {
  const other = await featuresOf(english, swahili, { tokenizer: "other" });
  assert.deepEqual([other.subwordOverlap, other.wordOverlap], [null, 3 / 10]);
  const bare = rowsOf("xx", [["1 2 3", "O O O"]]);
  const none = await featuresOf(bare, bare.map((row) => ({ ...row, language: "yy" })));
  assert.deepEqual([none.entityOverlap, none.scriptOverlap, none.genealogy], [null, null, null]);
  const raw = rowsOf("swa", [["Amina", "O"]]).map((row) => ({ ...row, units: [], answers: [] }));
  for (const each of [await featuresOf(english, raw), await featuresOf(raw, english)]) {
    assert.deepEqual(
      [each.sharedWords, each.wordOverlap, each.ttrDistance, each.scriptOverlap],
      [null, null, null, null],
    );
    assert.equal(each.subwordOverlap, 1 / 5);
  }
  const untagged = corpusProfile(english, { asks: "words", tokenizer: "t" });
  assert.equal(untagged.entities, undefined);
});

Deno.test("source features: texts have words, pieces of script and no entities", () => {
  const rows = rowsOf("eng", [["x", "good"]]).map((row) => ({
    ...row,
    units: ["It's so-so, so."],
  }));
  const { words, types, entities, sentences } = corpusProfile(rows, {
    asks: "sentences",
    tokenizer: "t",
  });
  assert.deepEqual([sentences, words, [...types]], [1, 5, ["It", "s", "so"]]);
  assert.equal(entities, undefined);
});

const scripts: [string, Record<string, number>][] = [
  ["Москва 2024", { Cyrillic: 6 }],
  ["አዲስ Ababa", { Ethiopic: 3, Latin: 5 }],
  ["東京へ", { Han: 2, Hiragana: 1 }],
  ["한국", { Hangul: 2 }],
  ["قطر", { Arabic: 3 }],
  ["ᏣᎳᎩ", { Other: 3 }],
  ["ー12 .", {}],
];
for (const [text, expected] of scripts) {
  Deno.test(`"${text}" has letters of ${Object.keys(expected).join(", ") || "no script"}`, () => {
    const counts = new Map<string, number>();
    letterScripts([text], counts);
    assert.deepEqual(Object.fromEntries(counts), expected);
  });
}

Deno.test("source features: half of the letters in common by script", async () => {
  const mixed = rowsOf("rus", [["ab вг", "O O"]]), latin = rowsOf("eng", [["abcd", "O"]]);
  assert.equal((await featuresOf(mixed, latin)).scriptOverlap, .5);
});
