import { strict as assert } from "node:assert";
import { UserError } from "../../lib/core/errors.ts";
import { isOrphanInside } from "../../lib/core/tags.ts";
import { Workshop } from "../../lib/experiment/testdata/workshop.ts";
import { readTable } from "../../lib/table/parquet_tables.ts";
import { examplesTable } from "../../lib/table/schemas/examples.ts";
import { predictionsTable, watchedTable } from "../../lib/table/schemas/predictions.ts";
import { selectedTable } from "../../lib/table/schemas/selected.ts";
import { Tagger } from "../../lib/tagging/tagger.ts";
import { readSafetensors } from "../../lib/weights/safetensors_file.ts";

const small = {
  seed: 1,
  epochs: 3,
  batchSize: 8,
  learningRate: 0.01,
  pieceWidth: 8,
  pieceHidden: 8,
  pieceLayers: 1,
  hidden: 8,
};

Deno.test("a model's tags are those of the tagger, well formed, with a graph and without", async () => {
  await using shop = await Workshop.open();
  const examples = await shop.tokens("eng", { maxTokens: 256 });
  const { instance: model } = await shop.run("bilstm_crf.train", {
    ...small,
    wordBuckets: 64,
    wordWidth: 4,
    wordDropout: 0.25,
    endScores: true,
    transitions: "state",
  }, { examples: [examples] });
  const predicted = await shop.run("bilstm_crf.predict", {}, {
    model: [model],
    examples: [examples],
  });
  const rows = await readTable(predictionsTable, predicted.instance.files["predictions.parquet"]);
  assert.ok(rows.length > 40 && rows.every(({ lost, loss }) => !lost && loss! >= 0));
  rows.forEach(({ predicted, unit }, i) =>
    assert.ok(!isOrphanInside(predicted, unit > 0 ? rows[i - 1].predicted : undefined))
  );
  const sentences = await readTable(examplesTable, examples.files["test.parquet"]);
  for (const graph of [model.files["eval_model.onnx"], undefined]) {
    await using tagger = await Tagger.load({
      name: "model",
      config: model.files["config.json"],
      tokenizer: model.files["tokenizer.json"],
      weights: model.files["model.safetensors"],
      graph,
    }, { threads: 1, device: "cpu", decoding: "wellFormed" });
    assert.equal(tagger.hasSpans, true);
    const tags = (await tagger.tag(sentences.map(({ units }) => units))).flat();
    assert.deepEqual(tags.map(({ tag }) => tag), rows.map(({ predicted }) => predicted));
    assert.ok(tags.every(({ probability }) => probability > 0 && probability <= 1));
  }
});

Deno.test("a model learns the sample by heart, and another one goes on from it in another language", async () => {
  await using shop = await Workshop.open();
  const limit = { train: 24, validation: 8, test: 8 };
  const eng = await shop.tokens("eng", { maxTokens: 256 }, limit);
  const swa = await shop.tokens("swa", { maxTokens: 256 }, limit);
  const size = { pieceHidden: 16, hidden: 32 };
  const run = { ...small, ...size, epochs: 60, learningRate: 0.02, dropout: 0, weightDecay: 0 };
  const { instance: model } = await shop.run("bilstm_crf.train", run, { examples: [eng] });
  const train = await readTable(examplesTable, eng.files["train.parquet"]);
  await using tagger = await Tagger.load({
    name: "model",
    config: model.files["config.json"],
    tokenizer: model.files["tokenizer.json"],
    weights: model.files["model.safetensors"],
  }, { threads: 1, device: "cpu", decoding: "wellFormed" });
  const tags = await tagger.tag(train.map(({ units }) => units));
  const right = tags.flat().filter(({ tag }, i) =>
    tag === train.flatMap((each) => each.answers)[i]
  );
  assert.equal(right.length, tags.flat().length);

  const { pieceWidth: _, pieceHidden: __, pieceLayers: ___, hidden: ____, ...rest } = run;
  const { instance: next } = await shop.run(
    "bilstm_crf.train",
    { ...rest, epochs: 1, learningRate: 1e-6 },
    { examples: [swa], start: [model] },
  );
  const [before, after] = await Promise.all(
    [model, next].map(({ files }) => readSafetensors(files["model.safetensors"])),
  );
  assert.deepEqual([...after.keys()].sort(), [...before.keys()].sort());
  let moved = 0;
  for (const [name, { data }] of before) {
    after.get(name)!.data.forEach((value, i) => {
      moved = Math.max(moved, Math.abs(value - data[i]));
    });
  }
  assert.ok(moved > 0 && moved < 1e-4, `weights moved by up to ${moved}`);
});

Deno.test("the epoch with the best mean dev F1 of two languages is the model that is read later", async () => {
  await using shop = await Workshop.open();
  const corpora = [await shop.tokens("eng"), await shop.tokens("swa")];
  const { instance: model } = await shop.run(
    "bilstm_crf.train",
    { ...small, epochs: 5, learningRate: 0.03, keepEpochs: true },
    { examples: corpora, watch: corpora },
  );
  const { instance: evaluated } = await shop.run("ner.evaluate", {}, { watched: [model] });
  const { instance: selected } = await shop.run(
    "select",
    { protocols: ["sourceDev"], sources: ["eng", "swa"] },
    { scores: [{ ...evaluated, axes: {} }] },
  );
  const rows = await readTable(selectedTable, selected.files["selected.parquet"]);
  assert.deepEqual(rows.map(({ selectedOn }) => selectedOn), [
    "best f1 of micro on the validation split of eng, swa",
    "best f1 of micro on the validation split of eng, swa",
  ]);
  const [{ epoch }] = rows;
  const { instance: picked } = await shop.run("bilstm_crf.pick", { protocol: "sourceDev" }, {
    model: [model],
    selected: [selected],
  });
  const { instance: predicted } = await shop.run("bilstm_crf.predict", {}, {
    model: [picked],
    examples: corpora,
  });
  const watched = await readTable(watchedTable, model.files["watched.parquet"]);
  assert.deepEqual(
    await readTable(predictionsTable, predicted.files["predictions.parquet"]),
    watched.filter((row) => row.epoch === epoch && row.split === "test")
      .map(({ epoch: _, step: __, ...row }) => row),
  );
});

Deno.test("examples and params that do not fit are refused", async () => {
  await using shop = await Workshop.open();
  const refusal = async (run: Promise<unknown>) =>
    await run.then(() => assert.fail("must be refused"), (error) => {
      assert.ok(error instanceof UserError || error.name === "ZodError", `${error}`);
      return error.message as string;
    });
  const texts = await shop.texts();
  assert.match(
    await refusal(shop.run("bilstm_crf.train", small, { examples: [texts] })),
    /^Cannot train a BiLSTM-CRF on examples that do not ask once for each word/,
  );
  const all = await shop.tokens("eng", { labels: "all" });
  assert.match(
    await refusal(shop.run("bilstm_crf.train", small, { examples: [all] })),
    /^Cannot train a BiLSTM-CRF on examples that do not ask once for each word/,
  );
  const eng = await shop.tokens("eng");
  assert.match(
    await refusal(shop.run("bilstm_crf.train", { ...small, labelSmoothing: 0.1 }, {
      examples: [eng],
    })),
    /expected 0, as a CRF's loss is of whole sentences/,
  );
  const { instance: model } = await shop.run("bilstm_crf.train", { ...small, maxSteps: 1 }, {
    examples: [eng],
  });
  const fewer = await shop.tokens("eng", { entityTypes: ["PER", "LOC"], ignoreTypes: ["ORG"] });
  const { pieceWidth: _, pieceHidden: __, pieceLayers: ___, hidden: ____, ...rest } = small;
  assert.match(
    await refusal(shop.run("bilstm_crf.train", rest, { examples: [fewer], start: [model] })),
    /^Cannot start from .*, which has the labels \[O, B-PER, I-PER, B-ORG/,
  );
  assert.match(
    await refusal(shop.run("bilstm_crf.predict", {}, { model: [model], examples: [fewer] })),
    /as their labels differ/,
  );
});
