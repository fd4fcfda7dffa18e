import { strict as assert } from "node:assert";
import { Workshop } from "../lib/experiment/testdata/workshop.ts";
import type { InputInstance } from "../lib/plan/stage.ts";
import { readTable } from "../lib/table/parquet_tables.ts";
import {
  type CountRow,
  countsTable,
  type ScoreRow,
  scoresTable,
} from "../lib/table/schemas/scores.ts";
import { type SelectedRow, selectedTable } from "../lib/table/schemas/selected.ts";

/** A training of three epochs on English, watched on two languages, and what was chosen for it. */
async function watched(shop: Workshop) {
  const [eng, swa] = [await shop.tokens("eng"), await shop.tokens("swa")];
  const { instance: model } = await shop.run(
    "encoder.train",
    { seed: 1, epochs: 3, batchSize: 4, learningRate: 0.01, layers: 1, width: 16, heads: 2 },
    { examples: [eng], watch: [eng, swa] },
  );
  const scores = (await shop.run("ner.evaluate", {}, { watched: [model] })).instance;
  const selected = (await shop.run("select", { sources: ["eng"] }, {
    scores: [{ ...scores, axes: { source: "eng" } }],
  })).instance;
  return { eng, swa, scores, selected };
}

async function tablesOf({ files }: InputInstance): Promise<[ScoreRow[], CountRow[]]> {
  return [
    await readTable(scoresTable, files["scores.parquet"]),
    await readTable(countsTable, files["counts.parquet"]),
  ];
}

Deno.test("the scores of each protocol are those of the epochs that it chose, on test splits alone", async () => {
  await using shop = await Workshop.open();
  const { scores, selected } = await watched(shop);
  const choices: SelectedRow[] = await readTable(selectedTable, selected.files["selected.parquet"]);
  const [allScores, allCounts] = await tablesOf(scores);
  for (const protocol of ["last", "sourceDevLoss", "sourceDev", "targetDev"]) {
    const { instance } = await shop.run("select.scores", { protocol }, {
      scores: [scores],
      selected: [selected],
    });
    const [ofScores, ofCounts] = await tablesOf(instance);
    for (const { language, epoch, test } of choices.filter((row) => row.protocol === protocol)) {
      const isChosen = (row: Pick<ScoreRow, "language" | "split" | "epoch">) =>
        row.language === language && row.split === "test" && row.epoch === epoch;
      const own = <R extends { language: string }>(rows: readonly R[]) =>
        rows.filter((row) => row.language === language);
      const wanted = <R extends ScoreRow | CountRow>(rows: readonly R[]) =>
        rows.filter(isChosen).map((row) => ({ ...row, epoch: null }));
      assert.deepEqual(own(ofScores), wanted(allScores));
      assert.deepEqual(own(ofCounts), wanted(allCounts));
      assert.ok(own(ofCounts).length > 8);
      const f1 = ofScores.filter((row) =>
        row.language === language && row.metric === "f1" && row.of === "micro"
      );
      assert.deepEqual(f1.map(({ value }) => value), [test]);
    }
  }
});

Deno.test("input targets says which test splits are taken", async () => {
  await using shop = await Workshop.open();
  const { swa, scores, selected } = await watched(shop);
  const take = (targets: InputInstance[]) =>
    shop.run("select.scores", { protocol: "last" }, {
      scores: [scores],
      selected: [selected],
      targets,
    });
  const [rows] = await tablesOf((await take([swa])).instance);
  assert.deepEqual([...new Set(rows.map(({ language }) => language))], ["swa"]);
  await assert.rejects(take([swa, await shop.tokens("amh")]), {
    name: "UserError",
    message: "Cannot take the scores on sample, amh: no epoch was chosen for it\n" +
      "  name it in the input watch of the train stage, or leave it out of input targets",
  });
  const none = await shop.tokens("deu", {}, { train: 4, validation: 4, test: 0 });
  await assert.rejects(
    take([none]),
    /^UserError: Cannot take the scores on ner.tokenize: its test/,
  );
});

Deno.test("what nothing was selected by, or was evaluated twice in an epoch, is refused", async () => {
  await using shop = await Workshop.open();
  const { eng, scores } = await watched(shop);
  const { instance: last } = await shop.run("select", { protocols: ["last"] }, {
    scores: [{ ...scores, axes: {} }],
  });
  await assert.rejects(
    shop.run("select.scores", { protocol: "targetDev" }, { scores: [scores], selected: [last] }),
    {
      name: "UserError",
      message: 'Cannot take the epochs that "targetDev" chose: nothing is selected by it\n' +
        "  the stage select has last: name it in its protocols",
    },
  );
  const { instance: model } = await shop.run(
    "encoder.train",
    {
      ...{ seed: 1, epochs: 3, batchSize: 4, learningRate: 0.01, layers: 1, width: 16, heads: 2 },
      ...{ evaluateEvery: 2, evaluateUnit: "steps" },
    },
    { examples: [eng], watch: [eng] },
  );
  const twice = (await shop.run("ner.evaluate", {}, { watched: [model] })).instance;
  await assert.rejects(
    shop.run("select", { protocols: ["last"] }, { scores: [{ ...twice, axes: {} }] }),
    /Cannot select an epoch: epoch 1 has several scores on sample, eng\n {2}evaluate once an epoch/,
  );
  await assert.rejects(
    shop.run("select.scores", { protocol: "last" }, { scores: [twice], selected: [last] }),
    /Cannot take the scores of a chosen epoch on sample, eng: it was evaluated more than once\n {2}let the train stage evaluate at the ends of epochs/,
  );
});
