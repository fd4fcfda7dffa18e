import { strict as assert } from "node:assert";
import { join } from "node:path";
import { UserError } from "../lib/core/errors.ts";
import { CounterRandom } from "../lib/core/random.ts";
import { by, predictionRows, type Sentence } from "../lib/analysis/testdata/predicted.ts";
import { Workshop } from "../lib/experiment/testdata/workshop.ts";
import type { InputInstance } from "../lib/plan/stage.ts";
import { runStage } from "../lib/plan/testdata/run_stage.ts";
import { queryParquet, readTable, writeTable } from "../lib/table/parquet_tables.ts";
import {
  bucketsTable,
  confusionTable,
  lossesTable,
  suspectsTable,
  worstTable,
} from "../lib/table/schemas/errors.ts";
import { type ExampleRow, examplesTable } from "../lib/table/schemas/examples.ts";
import { type PredictionRow, predictionsTable } from "../lib/table/schemas/predictions.ts";
import { scoresTable } from "../lib/table/schemas/scores.ts";
import { errors } from "./errors.ts";

async function predictionsFile(folder: string, rows: readonly PredictionRow[]) {
  const path = join(folder, `${crypto.randomUUID()}.parquet`);
  await writeTable(predictionsTable, path, rows);
  return { instance: "predict", axes: {}, files: { "predictions.parquet": path } };
}

async function trainFile(
  folder: string,
  sentences: readonly (readonly [words: string, tags: string])[],
  whose: Partial<ExampleRow> = {},
): Promise<InputInstance> {
  const path = join(folder, `${crypto.randomUUID()}.parquet`);
  const rows = sentences.map(([words, tags], sentence): ExampleRow => ({
    corpus: "c",
    language: "eng",
    split: "train",
    sentence,
    variant: 0,
    units: words.split(" "),
    answers: tags.split(" "),
    inputIds: [],
    typeIds: [],
    wordIds: [],
    asked: [],
    gold: [],
    lostWords: 0,
    ...whose,
  }));
  await writeTable(examplesTable, path, rows);
  return { instance: "tokens", axes: {}, files: { "train.parquet": path } };
}

async function analysed(
  folder: string,
  rows: readonly PredictionRow[],
  params: Record<string, unknown> = {},
  train: readonly InputInstance[] = [],
) {
  const { lines } = await runStage(errors, folder, { resamples: 100, ...params }, {
    predictions: [await predictionsFile(folder, rows)],
    train,
  });
  return {
    lines,
    losses: await readTable(lossesTable, `${folder}/losses.parquet`),
    confusion: await readTable(confusionTable, `${folder}/confusion.parquet`),
    worst: await readTable(worstTable, `${folder}/worst.parquet`),
    suspects: await readTable(suspectsTable, `${folder}/suspects.parquet`),
    buckets: await readTable(bucketsTable, `${folder}/buckets.parquet`),
  };
}

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const sentences: Sentence[] = [
  ["Amina saw Mombasa", "B-PER O B-LOC", "B-PER O B-ORG", "0.5 0 2"],
  ["she saw Amina Ali", "O O B-PER I-PER", "O O B-PER O", "0 0.25 0.5 3"],
  ["Mombasa won", "B-ORG O", "O O", "4 -"],
];

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

const refused: [string, PredictionRow[], Record<string, unknown>, RegExp][] = [
  ["no predictions", [], {}, /^Cannot analyse errors without predictions$/],
  [
    "parts of speech read as entities",
    predictionRows([["a", "NOUN", "VERB"]]),
    {},
    /^Cannot find entities in the answers of encoder to sentence 0 of the test split of c, eng: "NOUN" is neither O nor B- or I- with a type$/,
  ],
  [
    "words taken for texts",
    predictionRows(sentences),
    { answers: "texts" },
    /^Cannot take the answers of encoder on the test split of c, eng for answers to texts: sentence 0 has 3 of them$/,
  ],
  [
    "texts taken for words",
    predictionRows([["x", "good", "bad"]]).map((row) => ({ ...row, text: "a whole text" })),
    { answers: "words" },
    /^Cannot take the answers of encoder on the test split of c, eng for answers to words: each is to a whole text$/,
  ],
  [
    "two models as one",
    [...predictionRows(sentences), ...predictionRows(sentences)],
    {},
    /^Cannot analyse predictions of several models as one: word 0 of sentence 0 of the test split of c, eng has two answers of encoder$/,
  ],
];
for (const [name, rows, params, message] of refused) {
  Deno.test(`errors refuse ${name}`, () =>
    inFolder(async (folder) => {
      await assert.rejects(
        analysed(folder, rows, params),
        (error) => error instanceof UserError && message.test(error.problems[0].message),
      );
    }));
}

Deno.test("errors: the order of the predictions changes no byte", () =>
  inFolder(async (folder) => {
    const random = new CounterRandom("order of predictions");
    const rows = [
      ...predictionRows(sentences),
      ...predictionRows(sentences, { ...by, language: "swa" }),
    ];
    const bytes = async () => {
      const found = [];
      for (const name of Object.keys(errors.outputs)) {
        found.push(await Deno.readFile(`${folder}/${name}`));
      }
      return found;
    };
    await analysed(folder, rows);
    const expected = await bytes();
    await analysed(folder, random.shuffle(rows));
    assert.deepEqual(await bytes(), expected);
  }));

Deno.test("errors: every feature's buckets sum to what the table of counts has", async () => {
  await using shop = await Workshop.open();
  const [swa, eng] = [await shop.tokens("swa"), await shop.tokens("eng")];
  const known = await shop.run("ner.memorize", {}, { train: [eng], examples: [swa, eng] });
  const { instance: scored } = await shop.run("ner.evaluate", {}, {
    predictions: [known.instance],
  });
  const { instance } = await shop.run("errors", { resamples: 100 }, {
    predictions: [known.instance],
    train: [eng],
  });
  const counted = await queryParquet(
    scored.files["counts.parquet"],
    `SELECT language, sum(gold) AS gold, sum(predicted) AS predicted, sum(correct) AS correct
     FROM input WHERE counting = 'default' AND of = 'micro' GROUP BY ALL ORDER BY ALL`,
  );
  assert.deepEqual(counted.map(({ language }) => language), ["eng", "swa"]);
  const summed = await queryParquet(
    instance.files["buckets.parquet"],
    `SELECT feature, language, sum(gold) AS gold, sum(predicted) AS predicted,
       sum(correct) AS correct FROM input GROUP BY ALL ORDER BY ALL`,
  );
  assert.equal(summed.length, 12);
  for (const { feature, ...sums } of summed) {
    assert.deepEqual(
      sums,
      counted.find(({ language }) => language === sums.language),
      `${feature}`,
    );
  }
  const scores = await readTable(scoresTable, scored.files["scores.parquet"]);
  const buckets = await readTable(bucketsTable, instance.files["buckets.parquet"]);
  for (const { language, feature, bucket, f1 } of buckets) {
    if (feature !== "label") continue;
    const own = scores.find((row) =>
      row.metric === "f1" && row.of === bucket && row.language === language
    );
    assert.ok(Math.abs(f1 - own!.value) < 1e-9);
  }
  // The memoriser finds what it has seen, and nothing else.
  const seen = buckets.filter(({ feature }) => feature === "seen");
  assert.ok(seen.some(({ bucket, predicted }) => bucket === "seen" && predicted > 0));
  assert.ok(seen.every(({ bucket, predicted }) => bucket === "seen" || predicted === 0));
  const entities = await queryParquet(
    instance.files["confusion.parquet"],
    `SELECT language, sum(count) FILTER (gold <> 'O') AS gold,
       coalesce(sum(count) FILTER (predicted <> 'O'), 0) AS predicted,
       coalesce(sum(count) FILTER (bounds = 'same' AND gold = predicted), 0) AS correct
     FROM input WHERE counting = 'entities' GROUP BY ALL ORDER BY ALL`,
  );
  assert.deepEqual(entities, counted);
});
