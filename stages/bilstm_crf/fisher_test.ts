import { strict as assert } from "node:assert";
import { trainingGraphs } from "../../lib/engine/training_graphs.ts";
import { Workshop } from "../../lib/experiment/testdata/workshop.ts";
import { parseBilstmCrfConfig } from "../../lib/models/bilstm_crf/config.ts";
import { bilstmCrfModel } from "../../lib/models/bilstm_crf/model.ts";
import type { Example } from "../../lib/models/model.ts";
import { type FloatTensor, floatTensor } from "../../lib/onnx/dtype.ts";
import { Session } from "../../lib/onnx/session.ts";
import type { InputInstance } from "../../lib/plan/stage.ts";
import { readTable, writeTable } from "../../lib/table/parquet_tables.ts";
import { type ExampleRow, examplesTable } from "../../lib/table/schemas/examples.ts";
import { fisherOverlapsTable, fisherTable } from "../../lib/table/schemas/fisher.ts";
import { pruningTable } from "../../lib/table/schemas/pruning.ts";
import { scoresTable } from "../../lib/table/schemas/scores.ts";
import { askWords } from "../../lib/tasks/asking.ts";
import { ByteTokenizer } from "../../lib/tokenizers/byte_tokenizer.ts";
import { readSafetensors } from "../../lib/weights/safetensors_file.ts";

const small = {
  seed: 1,
  epochs: 2,
  batchSize: 8,
  learningRate: 0.02,
  pieceWidth: 4,
  pieceHidden: 3,
  pieceLayers: 1,
  hidden: 3,
  wordBuckets: 16,
  wordWidth: 3,
  dropout: 0.2,
};

/** A corpus of one training sentence of two words. */
async function twoWords(shop: Workshop, like: InputInstance): Promise<InputInstance> {
  const path = `${shop.folder}/two_words.parquet`;
  const units = ["Asha", "ran"];
  const row: ExampleRow = {
    ...{ corpus: "own", language: "eng", split: "train", sentence: 0, variant: 0, lostWords: 0 },
    ...{ units, answers: ["B-PER", "O"], typeIds: [] },
    ...plain(askWords(new ByteTokenizer(), units, [1, 0], 64)),
  };
  await writeTable(examplesTable, path, [row]);
  return { ...like, instance: "own", files: { ...like.files, "train.parquet": path } };
}

function plain({ inputIds, wordIds, asked, gold }: Example) {
  return {
    inputIds: [...inputIds],
    wordIds: [...wordIds],
    asked: [...asked],
    gold: [...gold],
  };
}

/** log p of labels, by a model's training graph. */
async function likelihood(model: InputInstance, examples: InputInstance) {
  const [row] = await readTable(examplesTable, examples.files["train.parquet"]);
  const read = JSON.parse(await Deno.readTextFile(model.files["config.json"]));
  const config = { ...parseBilstmCrfConfig(read, "config"), dropout: 0, word_dropout: 0 };
  const session = await Session.create(trainingGraphs(bilstmCrfModel.graph(config)).training, {
    threads: 1,
  });
  return {
    session,
    async of(gold: number[], weights: ReadonlyMap<string, FloatTensor>): Promise<number> {
      const { feeds } = bilstmCrfModel.batch(config, [{ ...row, gold }], {
        seed: 0,
        epoch: 0,
        places: [0],
      });
      const { loss } = await session.run({ ...feeds, ...Object.fromEntries(weights) });
      return -2 * Number(loss.data[0]);
    },
  };
}

Deno.test("the diagonal is that of all sequences of labels with their probabilities, to its error", async () => {
  await using shop = await Workshop.open();
  const people = { entityTypes: ["PER"], ignoreTypes: ["ORG", "LOC"] };
  const { instance: model } = await shop.run("bilstm_crf.train", small, {
    examples: [await shop.tokens("eng", people)],
  });
  const examples = await twoWords(shop, await shop.tokens("eng", people));
  const samples = 1500;
  const { instance, lines } = await shop.run("bilstm_crf.fisher", { samples }, {
    model: [model],
    examples: [examples],
  });
  assert.equal(lines[0], "1500 gradients of 1 sentences of eng");
  const found = await readSafetensors(instance.files["fisher.safetensors"]);
  const weights = await readSafetensors(model.files["model.safetensors"]);
  const p = await likelihood(model, examples);
  const paths = [0, 1, 2].flatMap((a) => [0, 1, 2].map((b) => [a, b]));
  const logs: number[] = [];
  for (const gold of paths) logs.push(await p.of(gold, weights));
  assert.ok(Math.abs(logs.reduce((sum, log) => sum + Math.exp(log), 0) - 1) < 1e-4);
  let compared = 0;
  for (
    const [name, place] of [
      ["crf.transitions", 0],
      ["crf.transitions", 1],
      ["crf.transitions", 5],
      ["classifier.bias", 0],
      ["classifier.bias", 1],
      ["classifier.weight", 4],
      ["word_lstm.bias_ih_l0", 7],
      ["word_lstm.bias_ih_l0_reverse", 10],
    ] as const
  ) {
    const moved = (step: number) => {
      const { dims, data } = weights.get(name)!;
      const copy = data.slice();
      copy[place] += step;
      return new Map([...weights, [name, floatTensor(dims, copy)]]);
    };
    const h = 2 ** -5;
    let mean = 0, square = 0, score = 0;
    for (const [i, gold] of paths.entries()) {
      const slope = (await p.of(gold, moved(h)) - await p.of(gold, moved(-h))) / (2 * h);
      score += Math.exp(logs[i]) * slope;
      mean += Math.exp(logs[i]) * slope ** 2;
      square += Math.exp(logs[i]) * slope ** 4;
    }
    assert.ok(Math.abs(score) < 1e-3, `the mean gradient of ${name} is ${score}`);
    const error = Math.sqrt((square - mean ** 2) / samples);
    const got = found.get(name)!.data[place];
    assert.ok(Math.abs(got - mean) < 5 * error + 0.01 * mean, `${name}: ${got}, not ${mean}`);
    if (mean > 1e-4) compared++;
  }
  assert.ok(compared >= 5, `only ${compared} are not tiny`);
  await p.session.release();
});

Deno.test("fishers tell what languages share and tuning changes; a model is pruned to nothing", async () => {
  await using shop = await Workshop.open();
  const corpora = [await shop.tokens("eng"), await shop.tokens("swa")];
  const { instance: model } = await shop.run("bilstm_crf.train", small, { examples: corpora });
  const fisherOf = async (examples: InputInstance, params = {}) =>
    (await shop.run("bilstm_crf.fisher", { sentences: 6, samples: 1, ...params }, {
      model: [model],
      examples: [examples],
    })).instance;
  const [eng, again, swa] = [
    await fisherOf(corpora[0]),
    await fisherOf(corpora[0]),
    await fisherOf(corpora[1]),
  ];
  const other = await fisherOf(corpora[0], { draw: 1 });
  const bytes = (instance: InputInstance) => Deno.readFile(instance.files["fisher.safetensors"]);
  assert.deepEqual(await bytes(eng), await bytes(again));
  assert.notDeepEqual(await bytes(eng), await bytes(other));
  const rows = await readTable(fisherTable, eng.files["fisher.parquet"]);
  assert.deepEqual(
    [...new Set(rows.map(({ layer }) => layer))],
    ["classifier", "crf", "piece_lstm.l0", "pieces", "word_lstm.l0", "words"],
  );
  assert.ok(
    rows.every(({ sentences, samples, trace, traceError, touched, weights }) =>
      sentences === 6 && samples === 1 && trace > 0 && traceError! > 0 && touched <= weights
    ),
  );
  // Bytes of no sentence matter nothing.
  const pieces = rows.find(({ layer }) => layer === "pieces")!;
  assert.ok(pieces.touched < pieces.weights / 2);

  const { instance } = await shop.run("fisher.overlap", {}, {
    fishers: [eng, swa],
    tuned: [again],
  });
  const overlaps = await readTable(fisherOverlapsTable, instance.files["fisher_overlaps.parquet"]);
  const of = (what: string) => overlaps.filter(({ comparing }) => comparing === what);
  assert.deepEqual([of("languages").length, of("tuning").length], [2 * 6 * 3, 6 * 3]);
  assert.ok(
    of("tuning").every(({ overlap, language, other }) =>
      overlap === 100 && language === "eng" && other === "eng"
    ),
  );
  const pairs = of("languages");
  for (const { language, layer, top, overlap } of pairs) {
    const back = pairs.find((row) =>
      row.other === language && row.layer === layer && row.top === top
    )!;
    assert.equal(back.overlap, overlap);
    assert.ok(overlap! >= 0 && overlap! <= 100);
  }
  assert.ok(pairs.some(({ overlap }) => overlap! > 0 && overlap! < 100));
  await assert.rejects(
    shop.run("fisher.overlap", {}, { fishers: [eng, again] }),
    /Cannot tell bilstm_crf.fisher from bilstm_crf.fisher: both are of eng/,
  );
  await assert.rejects(
    shop.run("fisher.overlap", {}, { fishers: [eng], tuned: [swa] }),
    /Cannot tell what tuning changed for swa/,
  );

  const { instance: pruned } = await shop.run("bilstm_crf.prune", { stepPercent: 50 }, {
    model: [model],
    examples: corpora,
  });
  const steps = await readTable(pruningTable, pruned.files["pruning.parquet"]);
  assert.deepEqual(
    steps.map(({ language, pruned }) => [language, pruned]),
    ["eng", "swa"].flatMap((language) => [0, 50, 100].map((share) => [language, share])),
  );
  const predicted = await shop.run("bilstm_crf.predict", {}, { model: [model], examples: corpora });
  const evaluated = await shop.run("ner.evaluate", {}, { predictions: [predicted.instance] });
  const scores = await readTable(scoresTable, evaluated.instance.files["scores.parquet"]);
  for (const { language, pruned, f1 } of steps) {
    if (pruned > 0) continue;
    const own = scores.find((row) =>
      row.language === language && row.metric === "f1" && row.of === "micro"
    );
    assert.equal(f1, own!.value);
  }
});
