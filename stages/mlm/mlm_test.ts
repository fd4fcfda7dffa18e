import { strict as assert } from "node:assert";
import { Workshop } from "../../lib/experiment/testdata/workshop.ts";
import type { InputInstance } from "../../lib/plan/stage.ts";
import { readTable } from "../../lib/table/parquet_tables.ts";
import { examplesTable } from "../../lib/table/schemas/examples.ts";
import { historyTable } from "../../lib/table/schemas/history.ts";
import { predictionsTable } from "../../lib/table/schemas/predictions.ts";
import { countsTable, scoresTable } from "../../lib/table/schemas/scores.ts";

const base = { seed: 1, batchSize: 8, learningRate: 0.01, layers: 1, width: 32, heads: 2 };

async function rawTokens(shop: Workshop, language: string): Promise<InputInstance> {
  const limit = { train: 24, validation: 8, test: 8 };
  const corpus = await shop.run("download", { corpus: "sample", language, limit });
  const { instance } = await shop.run("mlm.tokenize", { maxTokens: 64 }, {
    corpus: [corpus.instance],
  });
  return instance;
}

async function predictionsOf({ files }: InputInstance) {
  return await readTable(predictionsTable, files["predictions.parquet"]);
}

Deno.test("a model and the floor guess the same masked pieces, and are scored alike", async () => {
  await using shop = await Workshop.open();
  const eng = await rawTokens(shop, "eng"), swa = await rawTokens(shop, "swa");
  const { instance: model } = await shop.run("mlm.train", { ...base, epochs: 30 }, {
    examples: [eng],
  });
  const examples = [eng, swa];
  const predicted = await shop.run("mlm.predict", {}, { model: [model], examples });
  const floor = await shop.run("mlm.frequent", {}, { train: [eng], examples });
  const rows = await predictionsOf(predicted.instance);
  const floorRows = await predictionsOf(floor.instance);
  const asked = (all: typeof rows) =>
    all.map(({ corpus, language, split, sentence, unit, text, gold }) =>
      JSON.stringify([corpus, language, split, sentence, unit, text, gold])
    );
  assert.deepEqual(asked(rows), asked(floorRows));
  assert.deepEqual([...new Set(rows.map(({ model }) => model))], ["masked"]);
  assert.deepEqual([...new Set(rows.map(({ split }) => split))], ["test"]);
  assert.equal(new Set(floorRows.map(({ predicted }) => predicted)).size, 1);

  const test = await readTable(examplesTable, examples.map(({ files }) => files["test.parquet"]));
  for (const { language, sentence, inputIds, wordIds } of test) {
    const own = wordIds.filter((word) => word >= 0).length;
    const of = rows.filter((row) => row.language === language && row.sentence === sentence);
    assert.equal(of.length, Math.max(1, Math.round(0.15 * own)));
    for (const { unit, gold } of of) {
      assert.ok(wordIds[unit] >= 0);
      // Bytes of ASCII are called as the character.
      const byte = inputIds[unit] - 4;
      if (byte > 0x20 && byte < 0x7f) assert.equal(gold, String.fromCharCode(byte));
    }
  }

  const train = (await readTable(examplesTable, eng.files["train.parquet"]))
    .flatMap(({ inputIds, wordIds }) => inputIds.filter((_, i) => wordIds[i] >= 0));
  const count = (gold: string) => train.filter((id) => String.fromCharCode(id - 4) === gold).length;
  for (const { gold, loss } of floorRows.filter(({ gold }) => /^[a-z]$/.test(gold))) {
    const expected = -Math.log((count(gold) + 1) / (train.length + 261));
    assert.ok(Math.abs(loss! - expected) < 1e-9, `${gold} ${loss} ${expected}`);
  }

  const scored = await shop.run("mlm.evaluate", {}, {
    predictions: [predicted.instance, floor.instance],
  });
  const scores = await readTable(scoresTable, scored.instance.files["scores.parquet"]);
  const value = (model: string, language: string, metric: string) =>
    scores.find((row) => row.model === model && row.language === language && row.metric === metric)!
      .value;
  for (const [model, all] of [["masked", rows], ["frequent", floorRows]] as const) {
    for (const language of ["eng", "swa"]) {
      const of = all.filter((row) => row.language === language);
      const right = of.filter(({ gold, predicted }) => gold === predicted).length;
      const mean = of.reduce((sum, { loss }) => sum + loss!, 0) / of.length;
      assert.ok(Math.abs(value(model, language, "accuracy") - 100 * right / of.length) < 1e-9);
      assert.ok(Math.abs(value(model, language, "perplexity") / Math.exp(mean) - 1) < 1e-9);
      assert.ok(Math.abs(value(model, language, "loss") - mean) < 1e-9);
    }
  }
  assert.ok(value("masked", "eng", "perplexity") < value("frequent", "eng", "perplexity"));
  const counts = await readTable(countsTable, scored.instance.files["counts.parquet"]);
  const ofModel = counts.filter(({ model }) => model === "masked");
  assert.equal(ofModel.length, 16, "a row of every sentence");
  assert.equal(ofModel.reduce((sum, { gold }) => sum + gold, 0), rows.length);
  assert.deepEqual([...new Set(counts.map(({ counting, of }) => `${counting} ${of}`))], [
    "pieces micro",
  ]);
});

Deno.test("what is masked depends on seed and params, and on no other corpus", async () => {
  await using shop = await Workshop.open();
  const eng = await rawTokens(shop, "eng"), swa = await rawTokens(shop, "swa");
  const units = async (params: Record<string, unknown>, examples: InputInstance[]) => {
    const { instance } = await shop.run("mlm.frequent", params, { train: [eng], examples });
    return (await predictionsOf(instance)).filter(({ language }) => language === "swa")
      .map(({ split, sentence, unit }) => `${split} ${sentence} ${unit}`);
  };
  const alone = await units({}, [swa]);
  assert.deepEqual(await units({}, [eng, swa]), alone);
  assert.deepEqual(await units({ maskSeed: 1 }, [swa]), alone);
  assert.notDeepEqual(await units({ maskSeed: 2 }, [swa]), alone);
  const both = await units({ splits: ["test", "validation"] }, [swa]);
  assert.deepEqual(both.filter((unit) => unit.startsWith("test")), alone);
  assert.ok(both.some((unit) => unit.startsWith("validation")));
  assert.ok((await units({ maskedShare: 0.5 }, [swa])).length > 3 * alone.length);
});

Deno.test("with bernoulli and whole words a model learns, too", async () => {
  await using shop = await Workshop.open();
  const eng = await rawTokens(shop, "eng");
  const params = { ...base, epochs: 20, masking: "bernoulli", wholeWords: true };
  const { instance } = await shop.run("mlm.train", params, { examples: [eng] });
  const history = await readTable(historyTable, instance.files["history.parquet"]);
  const [first, last] = [history[0], history.at(-1)!];
  assert.ok(last.loss < 0.8 * first.loss, `${first.loss} and ${last.loss}`);
  assert.ok(new Set(history.map(({ asked }) => asked)).size > 10, "as many as are drawn");
});

Deno.test("a validation split of which nothing is masked has no loss, and ends no training", async () => {
  await using shop = await Workshop.open();
  const params = { ...base, epochs: 1, masking: "bernoulli", evaluateEvery: 1 };
  const losses = async (maskedShare: number) => {
    const { instance } = await shop.run("mlm.train", { ...params, maskedShare }, {
      examples: [await rawTokens(shop, "eng")],
    });
    return (await readTable(historyTable, instance.files["history.parquet"]))
      .flatMap(({ devLoss }) => devLoss === null ? [] : [devLoss]);
  };
  assert.equal((await losses(0.15)).length, 1);
  // One piece of 1,000: some batch has one, and the eight validation sentences have none.
  assert.equal((await losses(0.001)).length, 0);
});

Deno.test("what is no masked language model, or asks for tags, is refused by name", async () => {
  await using shop = await Workshop.open();
  const raw = await rawTokens(shop, "eng"), tagged = await shop.tokens("eng");
  const { instance: tagger } = await shop.run("encoder.train", { ...base, epochs: 1 }, {
    examples: [tagged],
  });
  await assert.rejects(
    shop.run("mlm.predict", {}, { model: [tagger], examples: [raw] }),
    /Cannot have encoder.train guess masked pieces: it is XLMRobertaForTokenClassification/,
  );
  const { instance: model } = await shop.run("mlm.train", { ...base, epochs: 1 }, {
    examples: [raw],
    start: [],
  });
  await assert.rejects(
    shop.run("mlm.predict", {}, { model: [model], examples: [tagged] }),
    /Cannot mask the pieces of ner.tokenize: its words are asked for something else/,
  );
  // A tagger as a start leaves its labels behind.
  const { layers: _, width: __, heads: ___, ...trains } = base;
  const { instance: onward } = await shop.run("mlm.train", { ...trains, epochs: 1 }, {
    examples: [raw],
    start: [tagger],
  });
  const { instance } = await shop.run("mlm.predict", {}, { model: [onward], examples: [raw] });
  assert.ok((await predictionsOf(instance)).length > 8);
});
