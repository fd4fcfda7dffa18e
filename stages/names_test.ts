import { strict as assert } from "node:assert";
import { join } from "node:path";
import type { InputInstance } from "../lib/plan/stage.ts";
import { runStage } from "../lib/plan/testdata/run_stage.ts";
import { readTable, writeTable } from "../lib/table/duckdb.ts";
import { historyTable } from "../lib/table/schemas/history.ts";
import { predictionsTable } from "../lib/table/schemas/predictions.ts";
import { scoresTable } from "../lib/table/schemas/scores.ts";
import { type SentenceRow, sentencesTable } from "../lib/table/schemas/sentences.ts";
import { transferTable } from "../lib/table/schemas/transfer.ts";
import { evaluate } from "./evaluate.ts";
import { memorize } from "./memorize.ts";
import { tokenize } from "./tokenize.ts";
import { train } from "./train.ts";
import { transfer } from "./transfer.ts";

const types = ["constructor", "__proto__", "toString"];
const seed = 4_294_967_295;
const model = { seed, learningRate: 0.01, epochs: 1, width: 16, heads: 2, layers: 1, maxSteps: 3 };

/** Tokenized sentences in which every type is named, whose words are such names too. */
async function tokensOf(folder: string, corpus: string, language: string): Promise<InputInstance> {
  const files: Record<string, string> = {};
  for (const split of ["train", "validation", "test"]) {
    files[`${split}.parquet`] = join(folder, `${corpus}-${language}-${split}.parquet`);
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
  const inputs = { corpus: [{ instance: "corpus", files }] };
  const place = join(folder, `${corpus}-${language}`);
  return (await runStage(tokenize, place, { entityTypes: types, maxTokens: 64 }, inputs)).instance;
}

Deno.test("types, languages, corpora and sources have any name; the greatest seed stays a number", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const tokens = await tokensOf(folder, "toString", "__proto__");
    const other = await tokensOf(folder, "valueOf", "constructor");
    const dev = async (order: InputInstance[]) => {
      const params = { ...model, source: "constructor", select: "targetDev" as const };
      const inputs = { tokens: [tokens], dev: order };
      const { instance } = await runStage(train, join(folder, "model"), params, inputs);
      return {
        instance,
        bytes: await Deno.readFile(instance.files["history.parquet"]),
        history: await readTable(historyTable, instance.files["history.parquet"]),
      };
    };
    const trained = await dev([tokens, other]);
    // The order of target languages changes no bit of the loss on them.
    assert.deepEqual((await dev([other, tokens])).bytes, trained.bytes);
    assert.deepEqual(trained.history.map((row) => row.seed), trained.history.map(() => seed));

    const config = JSON.parse(await Deno.readTextFile(trained.instance.files["config.json"]));
    const labels = ["O", ...types.flatMap((type) => [`B-${type}`, `I-${type}`])];
    assert.deepEqual(Object.values(config.id2label), labels);
    assert.deepEqual(Object.entries(config.label2id), labels.map((label, i) => [label, i]));

    const trial = { source: "constructor", target: "__proto__" };
    const evaluated = await runStage(evaluate, join(folder, "scores"), { ...trial, seed }, {
      model: [trained.instance],
      tokens: [tokens],
    });
    const known = await runStage(memorize, join(folder, "floor"), trial, {
      train: [tokens],
      test: [tokens],
    });
    for (const { instance } of [evaluated, known]) {
      const scores = await readTable(scoresTable, instance.files["scores.parquet"]);
      const supports = scores.filter(({ mode }) => mode === "default")
        .map(({ type, support }) => [type, support]);
      assert.deepEqual(supports, [
        ["micro", 3],
        ["macro", 3],
        ...types.toSorted().map((type) => [type, 1]),
      ]);
      if (instance === known.instance) {
        assert.deepEqual(scores.map(({ f1 }) => f1), Array(10).fill(100));
      }
      const words = await readTable(predictionsTable, instance.files["predictions.parquet"]);
      assert.deepEqual(
        words.map(({ token, gold }) => [token, gold]),
        types.flatMap((type) => [[type, `B-${type}`], ["is", `I-${type}`], ["__proto__", "O"]]),
      );
    }
    const inputs = { scores: [evaluated.instance, known.instance] };
    const { instance } = await runStage(transfer, join(folder, "transfer"), {}, inputs);
    const rows = await readTable(transferTable, instance.files["transfer.parquet"]);
    assert.deepEqual(
      rows.map(({ model, source, target, seeds }) => [model, source, target, seeds]),
      ["encoder", "memorizer"].map((model) => [model, "constructor", "__proto__", 1]),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
