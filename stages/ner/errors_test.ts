import { strict as assert } from "node:assert";
import { predictionRows, type Sentence } from "../../lib/analysis/testdata/predicted.ts";
import type { InputInstance } from "../../lib/plan/stage.ts";
import { runStage } from "../../lib/plan/testdata/run_stage.ts";
import { readTable } from "../../lib/table/parquet_tables.ts";
import type { PredictionRow } from "../../lib/table/schemas/predictions.ts";
import { commonEntitiesTable, recallErrorsTable } from "../../lib/table/schemas/transfer_errors.ts";
import { inFolder, predictionsFile, trainFile } from "../testdata/analysed_errors.ts";
import { errors } from "./errors.ts";

async function analysed(
  folder: string,
  rows: readonly PredictionRow[],
  train: readonly InputInstance[],
) {
  const { lines } = await runStage(errors, folder, {}, {
    predictions: [await predictionsFile(folder, rows)],
    train,
  });
  return {
    lines,
    recall: await readTable(recallErrorsTable, `${folder}/recall_errors.parquet`),
    common: await readTable(commonEntitiesTable, `${folder}/common_entities.parquet`),
  };
}

async function refusal(run: Promise<unknown>): Promise<string> {
  return await run.then(() => assert.fail("must be refused"), (error) => error.message);
}

/** English answers; what is common with the Swahili sentences below is said beside each. */
const sentences: Sentence[] = [
  // "Mombasa" exactly, as LOC in both: found. "Nairobis": 7 characters of "Nairobi", found.
  ["Mombasa and Nairobis", "B-LOC O B-LOC", "B-LOC O B-LOC"],
  // "Mombasa" again, taken for ORG, which Swahili has not: an error of recall alone.
  ["in Mombasa", "O B-LOC", "O B-ORG"],
  // "Kisumu town": "Kisumu" has 6, found with too few words, so that the prediction is exact.
  ["Kisumu town", "B-LOC I-LOC", "B-LOC O"],
  // "Ali" is too short for 4, and a PER in Swahili: exact. Invented in the second place.
  ["Ali met ali", "B-PER O O", "B-PER O B-PER"],
  // English training alone has it.
  ["London calls", "B-LOC O", "O O"],
];

async function trainingOf(folder: string): Promise<InputInstance[]> {
  return [
    await trainFile(folder, [["London Mombasa", "B-LOC B-LOC"]], { language: "eng" }),
    await trainFile(folder, [
      ["Mombasa na Nairobi", "B-LOC O B-LOC"],
      ["Ali yuko Kisumu", "B-PER O B-LOC"],
    ], { language: "swa" }),
    // A variant has names that no corpus has.
    await trainFile(folder, [["London", "B-LOC"]], { language: "swa", variant: 1 }),
  ];
}

Deno.test("ner.errors: recall errors by gold type, O included", () =>
  inFolder(async (folder) => {
    const { recall } = await analysed(
      folder,
      predictionRows(sentences),
      await trainingOf(folder),
    );
    assert.deepEqual(
      recall.map(({ tag, words, errors, rate }) => [tag, words, errors, rate]),
      [
        ["LOC", 6, 3, 50], // Mombasa as ORG, town and London as O
        ["O", 5, 1, 20], // ali
        ["PER", 1, 0, 0],
      ],
    );
  }));

Deno.test("ner.errors: the type counts, not where an entity is said to begin", () =>
  inFolder(async (folder) => {
    const { recall } = await analysed(
      folder,
      predictionRows([["a b", "B-LOC I-LOC", "B-LOC B-LOC"]]),
      await trainingOf(folder),
    );
    assert.deepEqual(recall.map(({ tag, errors }) => [tag, errors]), [["LOC", 0]]);
  }));

Deno.test("ner.errors: common entities by what they share, by hand", () =>
  inFolder(async (folder) => {
    const { common, lines } = await analysed(
      folder,
      predictionRows(sentences),
      await trainingOf(folder),
    );
    const counts = common.map(({ grain, gold, predicted, correct, errorRate }) => [
      ...[grain, gold, predicted, correct, errorRate],
    ]);
    assert.deepEqual(counts, [
      // Gold: Mombasa twice, Nairobis, Kisumu town. Predicted: Mombasa, Nairobis, Kisumu.
      ["4", 4, 3, 2, 2 * 50 * (100 / 3) / (50 + 100 / 3)],
      ["5", 4, 3, 2, 2 * 50 * (100 / 3) / (50 + 100 / 3)],
      ["6", 4, 3, 2, 2 * 50 * (100 / 3) / (50 + 100 / 3)],
      // Kisumu has 6 characters, and "Kisumu " is not in Swahili's name. No prediction is wrong.
      ["7", 3, 2, 2, 0],
      ["8", 0, 0, 0, null],
      // Gold: Mombasa twice, Ali. Predicted: Mombasa, Ali, Kisumu; "ali" is another name.
      ["exact", 3, 3, 2, 100 / 3],
    ]);
    assert.equal(common[0].recallErrors, 50);
    assert.equal(common[3].recallErrors, 100 / 3);
    assert.equal(common[3].precisionErrors, 0);
    assert.deepEqual(lines, [
      "encoder: eng test: 3 entities have the name and type of one elsewhere, error rate 33.3 %",
    ]);
  }));

Deno.test("ner.errors: a language's own training entities make nothing common", () =>
  inFolder(async (folder) => {
    const { common } = await analysed(
      folder,
      predictionRows(sentences, { ...{ model: "m", corpus: "c", split: "test" }, language: "swa" }),
      await trainingOf(folder),
    );
    // English has London and Mombasa.
    assert.deepEqual(common.at(-1)!.gold, 3);
    assert.deepEqual(common.at(-1)!.correct, 1);
  }));

Deno.test("ner.errors: n-grams are of characters, whatever their bytes, and span words", () =>
  inFolder(async (folder) => {
    const train = [await trainFile(folder, [["ሰላም ቤት", "B-LOC I-LOC"]], { language: "amh" })];
    const { common } = await analysed(
      folder,
      predictionRows([["ላም ቤት", "B-LOC I-LOC", "O O"], ["ላም", "B-LOC", "O"]]),
      train,
    );
    assert.deepEqual(common.map(({ gold }) => gold), [1, 1, 0, 0, 0, 0]);
  }));

Deno.test("ner.errors: what is asked of nothing is refused", () =>
  inFolder(async (folder) => {
    const rows = predictionRows(sentences);
    const [eng] = await trainingOf(folder);
    assert.match(
      await refusal(analysed(folder, rows, [eng])),
      /^Cannot look for entities that c, eng shares with other languages: the input train has eng alone/,
    );
    assert.match(
      await refusal(analysed(folder, rows, [await trainFile(folder, [["a", "O"]])])),
      /the input train has no entities/,
    );
    assert.match(
      await refusal(analysed(folder, rows, [await trainFile(folder, [["a", "NOUN"]])])),
      /^Cannot find entities in sentence 0 of the train split of c, eng: "NOUN" is neither/,
    );
    assert.match(await refusal(analysed(folder, [], [eng])), /^Cannot count errors without/);
  }));
