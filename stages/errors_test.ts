import { strict as assert } from "node:assert";
import { predictionRows, type Sentence } from "../lib/analysis/testdata/predicted.ts";

import { analysed, inFolder, sentences, trainFile } from "./testdata/analysed_errors.ts";

Deno.test("errors: losses by token, label and sentence, the greatest first", () =>
  inFolder(async (folder) => {
    const { losses, worst, lines } = await analysed(folder, predictionRows(sentences));
    const of = (kind: string) =>
      losses.filter((row) => row.of === kind)
        .map(({ rank, name, sentence, count, sum, mean, max, wrong }) => [
          ...[rank, name, sentence, count, sum, mean, max, wrong],
        ]);
    assert.deepEqual(of("token"), [
      [1, "Mombasa", null, 2, 6, 3, 4, 2],
      [2, "Ali", null, 1, 3, 3, 3, 1],
      [3, "Amina", null, 2, 1, .5, .5, 0],
      [4, "saw", null, 2, .25, .125, .25, 0],
      [5, "she", null, 1, 0, 0, 0, 0],
    ]);
    assert.deepEqual(of("label"), [
      [1, "B-ORG", null, 1, 4, 4, 4, 1],
      [2, "I-PER", null, 1, 3, 3, 3, 1],
      [3, "B-LOC", null, 1, 2, 2, 2, 1],
      [4, "B-PER", null, 2, 1, .5, .5, 0],
      [5, "O", null, 3, .25, .25 / 3, .25, 0],
    ]);
    assert.deepEqual(of("sentence").map((row) => row.slice(0, 5)), [
      [1, "Mombasa won", 2, 1, 4],
      [2, "she saw Amina Ali", 1, 4, 3.75],
      [3, "Amina saw Mombasa", 0, 3, 2.5],
    ]);
    assert.deepEqual(
      worst.map(({ rank, sentence, loss, wrong, lost }) => [
        ...[rank, sentence, loss, wrong, lost],
      ]),
      [[1, 2, 4, 1, 1], [2, 1, 3.75, 1, 0], [3, 0, 2.5, 1, 0]],
    );
    assert.deepEqual(worst[0].words, ["Mombasa", "won"]);
    assert.deepEqual([worst[0].gold, worst[0].predicted], [["B-ORG", "O"], ["O", "O"]]);
    assert.deepEqual(lines, [
      "encoder: c eng test: 1 right of 3 predicted and 4 gold",
      "no input train: nothing is said of what was seen in training",
    ]);
    const few = await analysed(folder, predictionRows(sentences), { top: 1 });
    assert.deepEqual(few.losses.map(({ name }) => name), ["Mombasa", "B-ORG", "Mombasa won"]);
    assert.equal(few.worst.length, 1);
  }));

Deno.test("errors: confusion of tags and of entities", () =>
  inFolder(async (folder) => {
    const { confusion } = await analysed(folder, predictionRows(sentences));
    const of = (kind: string) =>
      confusion.filter(({ counting }) => counting === kind)
        .map(({ gold, predicted, bounds, count, share }) => [
          ...[gold, predicted, bounds, count, share],
        ]);
    assert.deepEqual(of("words"), [
      ["B-LOC", "B-ORG", null, 1, 100],
      ["B-ORG", "O", null, 1, 100],
      ["B-PER", "B-PER", null, 2, 100],
      ["I-PER", "O", null, 1, 100],
      ["O", "O", null, 4, 100],
    ]);
    assert.deepEqual(of("entities"), [
      ["LOC", "ORG", "same", 1, 100],
      ["ORG", "O", null, 1, 100],
      ["PER", "PER", "overlapping", 1, 50],
      ["PER", "PER", "same", 1, 50],
    ]);
  }));

Deno.test("errors: buckets of entities, by hand", () =>
  inFolder(async (folder) => {
    const train = await trainFile(folder, [["Amina Mombasa x", "B-PER O B-LOC"]]);
    const { buckets } = await analysed(folder, predictionRows(sentences), {}, [train]);
    assert.deepEqual(
      buckets.map(({ feature, bucket, place, gold, predicted, correct, sentences }) =>
        `${feature} ${bucket} @${place}: ${correct} ${predicted} ${gold}, ${sentences}`
      ),
      [
        "capitalisation capitalised @0: 1 3 4, 3",
        "entityDensity 0.4-1 @0: 1 3 4, 3",
        "label LOC @0: 0 0 1, 1",
        "label ORG @1: 0 1 1, 2",
        "label PER @2: 1 2 2, 2",
        "seen seen @0: 1 2 1, 2",
        "seen unseen @1: 0 1 3, 3",
        "sentenceLength 1-10 @0: 1 3 4, 3",
        "spanLength 1 @0: 1 3 3, 3",
        "spanLength 2 @1: 0 0 1, 1",
      ],
    );
    const [all] = buckets;
    assert.equal(all.f1, 100 * (2 / 7));
    assert.ok(all.low! <= all.f1 && all.f1 <= all.high!);
  }));

const ranges: [string, number, number, string][] = [
  ["sentenceLength", 10, 1, "1-10"],
  ["sentenceLength", 11, 1, "11-20"],
  ["sentenceLength", 20, 1, "11-20"],
  ["sentenceLength", 30, 1, "21-30"],
  ["sentenceLength", 31, 1, "31-50"],
  ["sentenceLength", 51, 1, "51+"],
  ["entityDensity", 10, 1, "0-0.1"],
  ["entityDensity", 9, 1, "0.1-0.2"],
  ["entityDensity", 5, 1, "0.1-0.2"],
  ["entityDensity", 5, 2, "0.2-0.4"],
  ["entityDensity", 5, 3, "0.4-1"],
  ["entityDensity", 3, 3, "0.4-1"],
  ["spanLength", 9, 3, "3"],
  ["spanLength", 9, 4, "4+"],
  ["spanLength", 9, 9, "4+"],
];
for (const [feature, words, inEntity, bucket] of ranges) {
  Deno.test(`errors: ${inEntity} of ${words} words are in bucket ${bucket} of ${feature}`, () =>
    inFolder(async (folder) => {
      const tags = Array.from(
        { length: words },
        (_, i) => i === 0 ? "B-LOC" : i < inEntity ? "I-LOC" : "O",
      ).join(" ");
      const text = Array.from({ length: words }, () => "x").join(" ");
      const { buckets } = await analysed(folder, predictionRows([[text, tags, tags]]));
      const own = buckets.filter((row) => row.feature === feature);
      assert.deepEqual(own.map(({ bucket, f1 }) => [bucket, f1]), [[bucket, 100]]);
    }));
}

Deno.test("errors: a sentence without entities is of density 0, and what is found there is wrong", () =>
  inFolder(async (folder) => {
    const { buckets } = await analysed(folder, predictionRows([["a b", "O O", "B-LOC O"]]));
    const [density] = buckets.filter(({ feature }) => feature === "entityDensity");
    assert.deepEqual([density.bucket, density.gold, density.predicted, density.f1], ["0", 0, 1, 0]);
  }));

Deno.test("errors: another language's training, another variant or a sentence twice has no vote", () =>
  inFolder(async (folder) => {
    const mali = [["Mali", "B-LOC"], ["Mali", "B-LOC"]] as const;
    const rows = predictionRows([["Mali", "B-PER", "O"]]);
    for (
      const other of [
        await trainFile(folder, mali, { language: "deu" }),
        await trainFile(folder, mali, { corpus: "d" }),
        await trainFile(folder, mali, { variant: 1 }),
        await trainFile(folder, mali, { sentence: 7 }),
      ]
    ) assert.deepEqual((await analysed(folder, rows, {}, [other])).suspects, []);
  }));

Deno.test("errors: words and texts have labels, lengths and what was seen", () =>
  inFolder(async (folder) => {
    const words: Sentence[] = [["Big dogs run", "ADJ NOUN VERB", "ADJ VERB VERB"]];
    const train = await trainFile(folder, [["dogs run", "NOUN VERB"]]);
    const { buckets, confusion, suspects } = await analysed(
      folder,
      predictionRows(words),
      { answers: "words" },
      [train],
    );
    assert.deepEqual(
      buckets.map(({ feature, bucket, gold, predicted, correct }) =>
        `${feature} ${bucket}: ${correct} ${predicted} ${gold}`
      ),
      [
        "capitalisation capitalised: 1 1 1",
        "capitalisation lower: 1 2 2",
        "label ADJ: 1 1 1",
        "label NOUN: 0 0 1",
        "label VERB: 1 2 1",
        "seen seen: 1 2 2",
        "seen unseen: 1 1 1",
        "sentenceLength 1-10: 2 3 3",
      ],
    );
    assert.deepEqual(confusion.map(({ counting }) => counting), ["words", "words", "words"]);
    assert.deepEqual(suspects, []);
    const text = predictionRows([["x", "good", "bad"]])
      .map((row) => ({ ...row, text: "one two three four five six seven eight nine ten eleven" }));
    const texts = await analysed(folder, text, { answers: "texts" });
    assert.deepEqual(texts.buckets.map(({ feature, bucket }) => `${feature} ${bucket}`), [
      "label bad",
      "label good",
      "sentenceLength 11-20",
    ]);
    assert.deepEqual(texts.confusion.map(({ counting }) => counting), ["sentences"]);
  }));
