import { strict as assert } from "node:assert";
import { Workshop } from "../lib/experiment/testdata/workshop.ts";
import { readTable, writeTable } from "../lib/table/duckdb.ts";
import { examplesTable } from "../lib/table/schemas/examples.ts";
import { predictionsTable, watchedTable } from "../lib/table/schemas/predictions.ts";
import { countsTable, scoresTable } from "../lib/table/schemas/scores.ts";
import { selectedTable } from "../lib/table/schemas/selected.ts";
import { sentencesTable } from "../lib/table/schemas/sentences.ts";

const base = { seed: 1, batchSize: 8, learningRate: 0.01, layers: 1, width: 32, heads: 2 };

Deno.test("one model reads many corpora; rows keep their corpus and language", async () => {
  await using shop = await Workshop.open();
  const [eng, swa] = [await shop.tokens("eng"), await shop.tokens("swa", { maxTokens: 32 })];
  const model = await shop.run("encoder.train", { ...base, epochs: 20 }, { examples: [eng] });
  const predicted = await shop.run("encoder.predict", {}, {
    model: [model.instance],
    examples: [eng, swa],
  });
  const rows = await readTable(predictionsTable, predicted.instance.files["predictions.parquet"]);
  assert.deepEqual([...new Set(rows.map(({ language }) => language))], ["eng", "swa"]);
  const examples = await readTable(
    examplesTable,
    [eng, swa].map((each) => each.files["test.parquet"]),
  );
  assert.equal(rows.length, examples.reduce((sum, { units }) => sum + units.length, 0));
  const lost = examples.reduce((sum, { lostWords }) => sum + lostWords, 0);
  const lostOfSwa = examples.filter(({ language }) => language === "swa")
    .reduce((sum, { lostWords }) => sum + lostWords, 0);
  assert.ok(lost > 0);
  assert.equal(rows.filter((row) => row.lost).length, lost);
  for (const { lost, loss, predicted } of rows) {
    assert.equal(loss === null, lost);
    if (lost) assert.equal(predicted, "O");
  }
  const scored = await shop.run("ner.evaluate", {}, { predictions: [predicted.instance] });
  const scores = await readTable(scoresTable, scored.instance.files["scores.parquet"]);
  const counts = await readTable(countsTable, scored.instance.files["counts.parquet"]);
  for (const language of ["eng", "swa"]) {
    const of = counts.filter((row) =>
      row.language === language && row.counting === "default" && row.of === "micro"
    );
    assert.equal(of.length, 8, "a row of every sentence");
    const sum = (key: "gold" | "predicted" | "correct") => of.reduce((s, row) => s + row[key], 0);
    const f1 = 200 * sum("correct") / Math.max(1, sum("gold") + sum("predicted"));
    const row = scores.find((each) =>
      each.language === language && each.metric === "f1" && each.of === "micro"
    )!;
    assert.ok(Math.abs(row.value - f1) < 1e-9, `${row.value} and ${f1} of the counts`);
    assert.equal(row.support, sum("gold"));
  }
  const lostScore = scores.find(({ metric, language }) => metric === "lost" && language === "swa")!;
  assert.equal(lostScore.value, lostOfSwa);
});

Deno.test("what is watched is scored epoch by epoch, and is what the model says in the end", async () => {
  await using shop = await Workshop.open();
  const [eng, swa] = [await shop.tokens("eng"), await shop.tokens("swa")];
  const model = await shop.run("encoder.train", { ...base, epochs: 3 }, {
    examples: [eng],
    watch: [eng, swa],
  });
  const watched = await readTable(watchedTable, model.instance.files["watched.parquet"]);
  assert.deepEqual([...new Set(watched.map(({ epoch }) => epoch))], [1, 2, 3]);
  assert.deepEqual([...new Set(watched.map(({ split }) => split))], ["validation", "test"]);
  const predicted = await shop.run("encoder.predict", {}, {
    model: [model.instance],
    examples: [eng, swa],
  });
  const rows = await readTable(predictionsTable, predicted.instance.files["predictions.parquet"]);
  const last = watched.filter(({ epoch, split }) => epoch === 3 && split === "test")
    .map(({ epoch: _, step: __, ...row }) => row);
  assert.deepEqual(last, rows);
  const scored = await shop.run("ner.evaluate", {}, {
    predictions: [predicted.instance],
    watched: [model.instance],
  });
  const scores = await readTable(scoresTable, scored.instance.files["scores.parquet"]);
  const f1 = scores.filter(({ metric, of }) => metric === "f1" && of === "micro");
  assert.equal(f1.length, 2 + 3 * 4);
  const value = (epoch: number | null) =>
    f1.find((row) => row.epoch === epoch && row.split === "test" && row.language === "swa")!.value;
  assert.equal(value(3), value(null));
});

Deno.test("texts are classified, and a class that training never has is refused", async () => {
  await using shop = await Workshop.open();
  const texts = await shop.texts();
  const model = await shop.run("encoder.train", { ...base, epochs: 12 }, { examples: [texts] });
  const predicted = await shop.run("encoder.predict", {}, {
    model: [model.instance],
    examples: [texts],
  });
  const { instance, lines } = await shop.run("classify.evaluate", {}, {
    predictions: [predicted.instance],
  });
  const scores = await readTable(scoresTable, instance.files["scores.parquet"]);
  const accuracy = scores.find(({ metric }) => metric === "accuracy")!;
  assert.deepEqual([accuracy.of, accuracy.support], ["micro", 8]);
  assert.ok(accuracy.value >= 75, `${accuracy.value} %`);
  assert.match(lines[0], /^texts eng test: macro f1 .* on 8 sentences$/);
  await assert.rejects(
    shop.run("encoder.train", { ...base, epochs: 1 }, {
      examples: [await shop.texts({ classes: ["none", "place", "person"] })],
    }),
    /Cannot train a classifier of \[none, place, person\]: no training sentence has the label person/,
  );
  await assert.rejects(
    shop.texts({ classes: ["place", "person"] }),
    /Cannot use the answer "none" of sentence 0 in the train split of texts, eng: it is none of place/,
  );
  await assert.rejects(
    shop.texts({ classes: ["place", "place"] }),
    /expected each name once: \\"place\\" is in classes already/,
  );
});

Deno.test("a model of other labels, of texts, or of another task is refused by name", async () => {
  await using shop = await Workshop.open();
  const eng = await shop.tokens("eng"), texts = await shop.texts();
  const model = await shop.run("encoder.train", { ...base, epochs: 1 }, { examples: [eng] });
  await assert.rejects(
    shop.run("encoder.predict", {}, { model: [model.instance], examples: [texts] }),
    /Cannot read classify.tokenize with encoder.train, as their labels differ: \[none, place\] and/,
  );
  await assert.rejects(
    shop.run("encoder.train", { ...base, epochs: 1 }, { examples: [eng, texts] }),
    /Cannot use ner.tokenize and classify.tokenize together, as their asks differ: "words" and/,
  );
});

Deno.test("parts of speech: words have universal tags alone, and the floor knows the frequent ones", async () => {
  await using shop = await Workshop.open();
  const words = { tokens: ["the", "cat", "sleeps", "."], tags: ["DET", "NOUN", "VERB", "PUNCT"] };
  const corpusOf = async (tags = words.tags) => {
    const files: Record<string, string> = {};
    for (const split of ["train", "validation", "test"]) {
      const path = files[`${split}.parquet`] = `${shop.folder}/${crypto.randomUUID()}.parquet`;
      const row = { corpus: "ud", language: "en", split, ...words, tags };
      const rows = Array.from({ length: 4 }, (_, sentence) => ({ ...row, sentence }));
      await writeTable(sentencesTable, path, rows);
    }
    return [{ instance: "corpus", axes: {}, files }];
  };
  const tokens = await shop.run("pos.tokenize", { maxTokens: 64 }, { corpus: await corpusOf() });
  const examples = [tokens.instance];
  const model = await shop.run("encoder.train", { ...base, epochs: 30 }, { examples });
  assert.match(model.lines.join("\n"), /no training sentence has the label ADJ, ADP/);
  const floor = await shop.run("pos.frequent", {}, { train: examples, examples });
  const predicted = await shop.run("encoder.predict", {}, { model: [model.instance], examples });
  const { instance } = await shop.run("pos.evaluate", {}, {
    predictions: [predicted.instance, floor.instance],
  });
  const scores = await readTable(scoresTable, instance.files["scores.parquet"]);
  const accuracy = scores.filter(({ metric }) => metric === "accuracy");
  assert.deepEqual(accuracy.map(({ model, value }) => [model, value]), [
    ["encoder", 100],
    ["frequent", 100],
  ]);
  await assert.rejects(
    corpusOf(["DET", "NOUNS", "VERB", "PUNCT"]).then((corpus) =>
      shop.run("pos.tokenize", {}, { corpus })
    ),
    /Cannot use the answer "NOUNS" of sentence 0 in the train split of ud, en: it is none of ADJ/,
  );
});

Deno.test("every protocol says which epoch it chose on what, and its weights can be picked", async () => {
  await using shop = await Workshop.open();
  const [eng, swa] = [await shop.tokens("eng"), await shop.tokens("swa")];
  const params = { ...base, epochs: 4, keepEpochs: true };
  const model = await shop.run("encoder.train", params, { examples: [eng], watch: [eng, swa] });
  const evaluated = await shop.run("ner.evaluate", {}, { watched: [model.instance] });
  const scores = [{ ...evaluated.instance, axes: { source: "eng" } }];
  const chosen = await shop.run("select", {}, { scores });
  const rows = await readTable(selectedTable, chosen.instance.files["selected.parquet"]);
  assert.deepEqual(rows.map(({ protocol, language }) => `${protocol} ${language}`), [
    ...["last eng", "sourceDevLoss eng", "sourceDev eng", "targetDev eng"],
    ...["last swa", "sourceDevLoss swa", "sourceDev swa", "targetDev swa"],
  ]);
  const all = await readTable(scoresTable, evaluated.instance.files["scores.parquet"]);
  const f1 = (split: string, language: string, epoch: number) =>
    all.find((row) =>
      row.split === split && row.language === language && row.epoch === epoch &&
      row.metric === "f1" && row.of === "micro"
    )!.value;
  for (const { protocol, language, epoch, dev, test, selectedOn } of rows) {
    assert.equal(test, f1("test", language, epoch));
    if (protocol === "last") assert.deepEqual([epoch, dev], [4, null]);
    if (protocol !== "targetDev") continue;
    assert.equal(selectedOn, `best f1 of micro on the validation split of ${language}`);
    const values = [1, 2, 3, 4].map((each) => f1("validation", language, each));
    assert.equal(dev, Math.max(...values));
    assert.equal(epoch, 1 + values.indexOf(dev!));
  }
  // What is picked says on the test split what was watched at that epoch.
  const picked = await shop.run("encoder.pick", { protocol: "sourceDevLoss" }, {
    model: [model.instance],
    selected: [chosen.instance],
  });
  const predicted = await shop.run("encoder.predict", {}, {
    model: [picked.instance],
    examples: [swa],
  });
  const { epoch } = rows.find(({ protocol }) => protocol === "sourceDevLoss")!;
  const watched = await readTable(watchedTable, model.instance.files["watched.parquet"]);
  assert.deepEqual(
    await readTable(predictionsTable, predicted.instance.files["predictions.parquet"]),
    watched.filter((row) => row.epoch === epoch && row.split === "test" && row.language === "swa")
      .map(({ epoch: _, step: __, ...row }) => row),
  );

  await assert.rejects(
    shop.run("select", {}, { scores: [{ ...evaluated.instance, axes: { source: "amh" } }] }),
    /Cannot select by sourceDevLoss: the validation split of amh was not watched\n  name its tok/,
  );
  const unkept = await shop.run("encoder.train", { ...base, epochs: 1 }, { examples: [eng] });
  await assert.rejects(
    shop.run("encoder.pick", { protocol: "last" }, {
      model: [unkept.instance],
      selected: [chosen.instance],
    }),
    /Cannot pick epoch 4 of encoder.train: its weights were not kept\n  set keepEpochs: true/,
  );
});
