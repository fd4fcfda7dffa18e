import { strict as assert } from "node:assert";
import { UserError } from "../lib/core/errors.ts";
import { CounterRandom } from "../lib/core/random.ts";
import { by, predictionRows } from "../lib/analysis/testdata/predicted.ts";
import { Workshop } from "../lib/experiment/testdata/workshop.ts";
import { queryParquet, readTable } from "../lib/table/parquet_tables.ts";
import { bucketsTable } from "../lib/table/schemas/errors.ts";
import { type PredictionRow } from "../lib/table/schemas/predictions.ts";
import { scoresTable } from "../lib/table/schemas/scores.ts";
import { errors } from "./errors.ts";

import { analysed, inFolder, sentences } from "./testdata/analysed_errors.ts";

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
