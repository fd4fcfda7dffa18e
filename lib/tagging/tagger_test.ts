import { strict as assert } from "node:assert";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Workshop } from "../experiment/testdata/workshop.ts";
import type { InputInstance } from "../plan/stage.ts";
import { readTable } from "../table/parquet_tables.ts";
import { examplesTable } from "../table/schemas/examples.ts";
import { predictionsTable } from "../table/schemas/predictions.ts";
import type { ModelPlace } from "./load_model.ts";
import { Tagger } from "./tagger.ts";
import type { WordTag } from "./tagged_sentence.ts";

const options = { threads: 1, device: "cpu", decoding: "wellFormed" } as const;
const small = { seed: 1, epochs: 3, batchSize: 8, learningRate: 0.01, layers: 1, width: 16 };

function placeOf({ instance, files }: InputInstance): ModelPlace {
  return {
    name: instance,
    config: files["config.json"],
    tokenizer: files["tokenizer.json"],
    tokenizerConfig: files["tokenizer_config.json"],
    weights: files["model.safetensors"],
    graph: files["eval_model.onnx"],
  };
}

function tagsOf(sentences: readonly (readonly WordTag[])[]): string[] {
  return sentences.flat().map(({ tag }) => tag);
}

const published = fileURLToPath(
  new URL("../../tests/fixtures/hub_checkpoints/trainable", import.meta.url),
);

for (const family of [undefined, "bert", "distilbert"]) {
  Deno.test(`tags are those of the stage that predicts, with a folder or with its files: ${family ?? "new"}`, async () => {
    await using shop = await Workshop.open();
    const examples = await shop.tokens("eng", { maxTokens: 64 });
    const { instance: model } = await shop.run("encoder.train", {
      ...family === undefined ? { ...small, heads: 2 } : {
        seed: 1,
        epochs: 3,
        batchSize: 8,
        learningRate: 0.01,
        encoder: join(published, family),
      },
    }, { examples: [examples] });
    const predicted = await shop.run("encoder.predict", {}, {
      model: [model],
      examples: [examples],
    });
    const rows = await readTable(predictionsTable, predicted.instance.files["predictions.parquet"]);
    const sentences = await readTable(examplesTable, examples.files["test.parquet"]);
    // What the stage cuts off, it has no answer for.
    const cut = new Set(rows.flatMap(({ lost, sentence }) => lost ? [sentence] : []));
    const whole = rows.filter(({ sentence }) => !cut.has(sentence));
    assert.ok(whole.length > 20);
    const words = sentences.filter(({ sentence }) => !cut.has(sentence)).map(({ units }) => units);

    await using tagger = await Tagger.load(placeOf(model), options);
    assert.equal(tagger.hasSpans, true);
    const tagged = await tagger.tag(words);
    assert.deepEqual(tagsOf(tagged), whole.map(({ predicted }) => predicted));
    assert.ok(tagged.flat().every(({ probability }) => probability > 0 && probability <= 1));

    const folder = dirname(model.files["config.json"]);
    const { tokenizerConfig: _, graph: __, ...place } = placeOf(model);
    await using bare = await Tagger.load({ ...place, weights: folder }, options);
    assert.deepEqual(tagsOf(await bare.tag(words)), tagsOf(tagged));
  });
}

Deno.test("a sentence longer than the model has a tag for every word, and its ends are as in windows", async () => {
  await using shop = await Workshop.open();
  const examples = await shop.tokens("eng", { maxTokens: 64 });
  const { instance: model } = await shop.run("encoder.train", { ...small, heads: 2 }, {
    examples: [examples],
  });
  await using tagger = await Tagger.load(placeOf(model), options);
  assert.equal(tagger.window, 64);
  const [{ units }] = await readTable(examplesTable, examples.files["test.parquet"]);
  const long = Array.from({ length: 300 }, (_, i) => units[i % units.length]);
  const [alone] = await tagger.tag([["x".repeat(5_000)]]);
  assert.equal(alone.length, 1);
  const [tags] = await tagger.tag([long]);
  assert.equal(tags.length, 300);
  const known = new Set(tagger.labels);
  tags.forEach(({ tag }, i) => {
    assert.ok(known.has(tag));
    // Well formed over the joined windows.
    if (tag.startsWith("I-")) {
      assert.ok([`B-${tag.slice(2)}`, tag].includes(tags[i - 1]?.tag), `${i}: ${tag}`);
    }
  });
  assert.deepEqual(await tagger.tag([[]]), [[]]);
});

Deno.test("what does not label words is refused, and says what it is", async () => {
  await using shop = await Workshop.open();
  const texts = await shop.texts();
  const { instance } = await shop.run("encoder.train", { ...small, heads: 2, epochs: 1 }, {
    examples: [texts],
  });
  await assert.rejects(
    Tagger.load({ ...placeOf(instance), name: "ours" }, options),
    /Cannot tag words with ours, as it does not label words: its architecture is "XLMRobertaForSequenceClassification"/,
  );
});

Deno.test("a tokenizer that is not the model's is refused", async () => {
  await using shop = await Workshop.open();
  const { instance } = await shop.run("encoder.train", { ...small, heads: 2, epochs: 1 }, {
    examples: [await shop.tokens("eng")],
  });
  const other = fileURLToPath(
    new URL("../../tests/fixtures/tokenizers/trained.json", import.meta.url),
  );
  const { tokenizerConfig: _, ...place } = placeOf(instance);
  await assert.rejects(
    Tagger.load({ ...place, tokenizer: other }, options),
    /its tokenizer is .*trained\.json \(.*and it was trained with bytes/,
  );
});
