import { strict as assert } from "node:assert";
import { isOrphanInside } from "../lib/core/tags.ts";
import { Workshop } from "../lib/experiment/testdata/workshop.ts";
import type { InputInstance } from "../lib/plan/stage.ts";
import { readTable } from "../lib/table/parquet_tables.ts";
import { examplesTable } from "../lib/table/schemas/examples.ts";
import { predictionsTable } from "../lib/table/schemas/predictions.ts";
import { scoresTable } from "../lib/table/schemas/scores.ts";
import { Tagger } from "../lib/tagging/tagger.ts";
import { readSafetensors } from "../lib/weights/safetensors_file.ts";
import { stages } from "./mod.ts";

const training = { seed: 1, batchSize: 8, weightDecay: 0, clipNorm: 5 };
const still = { ...training, epochs: 1, learningRate: 1e-30 };

/** Small models of every kind that labels the words of a sentence together. */
const models: Record<string, { params: Record<string, unknown>; shape: Record<string, unknown> }> =
  {
    encoder_crf: {
      params: { ...training, epochs: 30, learningRate: 0.01, dropout: 0 },
      shape: { layers: 2, width: 32, heads: 2, readLayers: 2 },
    },
    bilstm_crf: {
      params: { ...training, epochs: 30, learningRate: 0.02, dropout: 0 },
      shape: { pieceEncoder: "cnn", pieceWidth: 16, pieceHidden: 32, hidden: 32 },
    },
    char_ner: {
      params: {
        ...training,
        epochs: 80,
        learningRate: 0.02,
        pieceDropout: 0,
        outputDropout: [],
      },
      shape: { pieceWidth: 16, hidden: 32, layers: 1 },
    },
    // Sentences in one window each, which mostly begins where they do.
    byte_to_span: {
      params: {
        ...training,
        batchSize: 6,
        epochs: 250,
        learningRate: 0.015,
        byteDropout: 0,
        overlap: 0,
        trainStride: 1_000,
      },
      shape: { pieceWidth: 32, hidden: 64, layers: 1, window: 120 },
    },
  };

/** Sample sentences, tokenized as the kind reads them: the convolution in characters. */
async function tokensFor(shop: Workshop, kind: string): Promise<InputInstance> {
  const limit = { train: kind === "byte_to_span" ? 12 : 24, validation: 8, test: 8 };
  if (kind !== "bilstm_crf") return await shop.tokens("eng", { maxTokens: 256 }, limit);
  const { instance: corpus } = await shop.run("download", {
    corpus: "sample",
    language: "eng",
    limit,
  });
  const { instance: tokenizer } = await shop.run("characters", { atLeast: 2 }, {
    corpus: [corpus],
  });
  const run = await shop.run("ner.tokenize", { maxTokens: 256 }, {
    corpus: [corpus],
    tokenizer: [tokenizer],
  });
  return run.instance;
}

for (const [kind, { params, shape }] of Object.entries(models)) {
  Deno.test(`${kind}: sentences are learnt by heart, a tagger says the same, and a start goes on`, async () => {
    await using shop = await Workshop.open();
    const tokens = await tokensFor(shop, kind);
    const files = { ...tokens.files, "test.parquet": tokens.files["train.parquet"] };
    const seen = { ...tokens, files };
    const { instance: model } = await shop.run(`${kind}.train`, { ...params, ...shape }, {
      examples: [tokens],
    });
    const predicted = await shop.run(`${kind}.predict`, {}, { model: [model], examples: [seen] });
    const { instance: scored } = await shop.run("ner.evaluate", {}, {
      predictions: [predicted.instance],
    });
    const f1 = (await readTable(scoresTable, scored.files["scores.parquet"]))
      .find(({ metric, of }) => metric === "f1" && of === "micro")!.value;
    assert.ok(f1 >= 95, `F1 of ${f1} on what was learnt`);

    const rows = await readTable(
      predictionsTable,
      predicted.instance.files["predictions.parquet"],
    );
    rows.forEach(({ predicted, unit }, i) =>
      assert.ok(!isOrphanInside(predicted, unit > 0 ? rows[i - 1].predicted : undefined))
    );
    const sentences = await readTable(examplesTable, files["test.parquet"]);
    await using tagger = await Tagger.load({
      name: "model",
      config: model.files["config.json"],
      tokenizer: model.files["tokenizer.json"],
      tokenizerConfig: model.files["tokenizer_config.json"],
      weights: model.files["model.safetensors"],
    }, { threads: 1, device: "cpu", decoding: "wellFormed" });
    const tags = (await tagger.tag(sentences.map(({ units }) => units))).flat();
    assert.deepEqual(tags.map(({ tag }) => tag), rows.map(({ predicted }) => predicted));
    assert.ok(tags.every(({ probability }) => probability > 0 && probability <= 1));
    // What nobody has trained on: empty words, unknown characters, halves of them, long words.
    const odd = [["", "世界", "\uD83D", "x".repeat(600)], []];
    assert.deepEqual((await tagger.tag(odd)).map(({ length }) => length), [4, 0]);

    const { instance: next } = await shop.run(`${kind}.train`, still, {
      examples: [tokens],
      start: [model],
    });
    const [before, after] = await Promise.all(
      [model, next].map((each) => readSafetensors(each.files["model.safetensors"])),
    );
    assert.deepEqual([...after.keys()].sort(), [...before.keys()].sort());
    for (const [name, { data }] of before) {
      data.forEach((value, i) =>
        assert.ok(Math.abs(after.get(name)!.data[i] - value) < 1e-6, `${name}[${i}] moved`)
      );
    }
  });

  Deno.test(`${kind}: WebGPU, which has no loops, is refused before anything runs`, async () => {
    for (const part of ["train", "predict"]) {
      const stage = await stages[`${kind}.${part}`].load();
      const given = stage.params.parse(part === "train" ? { ...still, ...shape } : {});
      assert.match(
        stage.refuses?.(given, "webgpu")?.message ?? "",
        /^Cannot run .* on webgpu, which has no loops$/,
      );
      assert.equal(stage.refuses?.(given, "cpu"), undefined);
      assert.equal(stage.refuses?.(given, "cuda"), undefined);
    }
  });
}

Deno.test("examples and params that do not fit are refused", async () => {
  await using shop = await Workshop.open();
  const bytes = await shop.tokens("eng");
  const characters = await tokensFor(shop, "bilstm_crf");
  const texts = await shop.texts();
  await assert.rejects(
    shop.run("char_ner.train", still, { examples: [characters] }),
    /Cannot train CharNER on examples that are not bytes with tags of entities/,
  );
  for (const kind of ["encoder_crf", "char_ner", "byte_to_span"]) {
    await assert.rejects(
      shop.run(`${kind}.train`, still, { examples: [texts] }),
      /on examples that do not ask once for each word/,
    );
  }
  const train = await stages["encoder_crf.train"].load();
  assert.deepEqual(
    train.refusesBeside?.(train.params.parse(still), new Set()).map(({ message }) => message),
    ["Cannot read the last 4 layers of a new encoder: it has 2"],
  );
  const convolved = { ...still, pieceEncoder: "cnn", pieceLayers: 2 };
  await assert.rejects(
    shop.run("bilstm_crf.train", convolved, { examples: [bytes] }),
    /expected 1 with pieceEncoder: cnn/,
  );
});

Deno.test("an encoder with a CRF is a start without one, and an encoder without one is a start with it", async () => {
  await using shop = await Workshop.open();
  const examples = [await shop.tokens("eng")];
  const shape = { layers: 2, width: 16, heads: 2 };
  const { instance: plain } = await shop.run("encoder.train", { ...still, ...shape }, { examples });
  const { instance: chained, lines } = await shop.run(
    "encoder_crf.train",
    { ...still, readLayers: 2 },
    { examples, start: [plain] },
  );
  assert.match(
    lines.join("\n"),
    /starts from encoder.train; classifier.weight, classifier.bias, classifier.crf.transitions start anew/,
  );
  const back = await shop.run("encoder.train", still, { examples, start: [chained] });
  assert.match(
    back.lines.join("\n"),
    /starts from encoder_crf.train; classifier.weight, classifier.bias start anew; classifier.crf.transitions left aside/,
  );
  // What only reads an encoder's own classifier does not take a CRF for it.
  await assert.rejects(
    shop.run("encoder.predict", {}, { model: [chained], examples }),
    /Cannot run \w+ForCrfTokenClassification with encoder.predict: .*\n {2}use: encoder_crf.predict/,
  );
});
