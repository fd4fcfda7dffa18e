import { strict as assert } from "node:assert";
import { join } from "node:path";
import { UserError } from "../lib/core/errors.ts";
import { Workshop } from "../lib/experiment/testdata/workshop.ts";
import type { InputInstance } from "../lib/plan/stage.ts";
import { readTable, writeTable } from "../lib/table/duckdb.ts";
import { predictionsTable } from "../lib/table/schemas/predictions.ts";
import { scoresTable } from "../lib/table/schemas/scores.ts";
import { type SentenceRow, sentencesTable } from "../lib/table/schemas/sentences.ts";
import { transferTable } from "../lib/table/schemas/transfer.ts";

const types = ["constructor", "__proto__", "toString"];
const shape = { learningRate: 0.01, epochs: 2, width: 16, heads: 2, layers: 1 };

/** Tokenized sentences in which every type is named, whose words are such names too. */
async function tokensOf(
  shop: Workshop,
  corpus: string,
  language: string,
): Promise<InputInstance> {
  const files: Record<string, string> = {};
  for (const split of ["train", "validation", "test"]) {
    files[`${split}.parquet`] = join(shop.folder, `${corpus}-${language}-${split}.parquet`);
    const rows = types.map((type, sentence): SentenceRow => ({
      corpus,
      language,
      split,
      sentence,
      tokens: [type, "is", language],
      tags: [`B-${type}`, `I-${type}`, "O"],
    }));
    await writeTable(sentencesTable, files[`${split}.parquet`], rows);
  }
  const { instance } = await shop.run("ner.tokenize", { entityTypes: types, maxTokens: 64 }, {
    corpus: [{ instance: "corpus", axes: {}, files }],
  });
  return instance;
}

Deno.test("entity types, languages, corpora and sources have any name, with the greatest seed", async () => {
  await using shop = await Workshop.open();
  const tokens = await tokensOf(shop, "toString", "__proto__");
  const other = await tokensOf(shop, "valueOf", "constructor");
  const train = async (seed: number, watch: InputInstance[]) =>
    (await shop.run("encoder.train", { ...shape, seed, select: "targetDev" }, {
      examples: [tokens],
      watch,
    })).instance;
  const bytesOf = (instance: InputInstance, file: string) => Deno.readFile(instance.files[file]);
  const trained = await train(4_294_967_295, [tokens, other]);
  // The order of target languages changes no bit of the loss on them.
  const reversed = await train(4_294_967_295, [other, tokens]);
  for (const file of ["history.parquet", "model.safetensors"]) {
    assert.deepEqual(await bytesOf(reversed, file), await bytesOf(trained, file), file);
  }
  const otherSeed = await train(4_294_967_294, [tokens, other]);
  assert.notDeepEqual(
    await bytesOf(otherSeed, "model.safetensors"),
    await bytesOf(trained, "model.safetensors"),
  );

  const config = JSON.parse(await Deno.readTextFile(trained.files["config.json"]));
  const labels = ["O", ...types.flatMap((type) => [`B-${type}`, `I-${type}`])];
  assert.deepEqual(Object.values(config.id2label), labels);
  assert.deepEqual(Object.entries(config.label2id), labels.map((label, i) => [label, i]));

  const predicted = await shop.run("encoder.predict", {}, {
    model: [trained],
    examples: [tokens],
  });
  const known = await shop.run("ner.memorize", {}, { train: [tokens], examples: [tokens] });
  const evaluated = [];
  for (const { instance } of [predicted, known]) {
    const words = await readTable(predictionsTable, instance.files["predictions.parquet"]);
    assert.deepEqual(
      words.map(({ text, gold }) => [text, gold]),
      types.flatMap((type) => [[type, `B-${type}`], ["is", `I-${type}`], ["__proto__", "O"]]),
    );
    const scored = await shop.run("ner.evaluate", {}, { predictions: [instance] });
    evaluated.push({ ...scored.instance, axes: { source: "constructor" } });
    const scores = await readTable(scoresTable, scored.instance.files["scores.parquet"]);
    const f1 = scores.filter(({ metric }) => metric === "f1");
    assert.deepEqual(
      f1.map(({ of, support }) => [of, support]),
      [["micro", 3], ["macro", 3], ...types.toSorted().map((type) => [type, 1])],
    );
    if (instance === known.instance) {
      assert.deepEqual(f1.map(({ value }) => value), Array(5).fill(100));
    }
  }
  const { instance } = await shop.run("transfer", {}, { scores: evaluated });
  const rows = await readTable(transferTable, instance.files["transfer.parquet"]);
  assert.deepEqual(
    rows.map(({ model, source, target, seeds }) => [model, source, target, seeds]),
    ["encoder", "memorizer"].map((model) => [model, "constructor", "__proto__", 1]),
  );
});

Deno.test("predictions of two models are never scored as those of one", async () => {
  await using shop = await Workshop.open();
  const [swa, eng] = [await shop.tokens("swa"), await shop.tokens("eng")];
  const predictions = [];
  for (const train of [swa, eng]) {
    predictions.push(
      (await shop.run("ner.memorize", {}, { train: [train], examples: [swa] })).instance,
    );
  }
  await assert.rejects(
    shop.run("ner.evaluate", {}, { predictions }),
    (error) =>
      error instanceof UserError &&
      /^Cannot score predictions of several models as one: sentence \d+ of the test split of sample, swa has (\d+) answers of memorizer to \d+ questions$/
        .test(error.problems[0].message),
  );
});
