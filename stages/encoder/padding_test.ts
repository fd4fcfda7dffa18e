import { strict as assert } from "node:assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Workshop } from "../../lib/experiment/testdata/workshop.ts";
import type { InputInstance } from "../../lib/plan/stage.ts";
import { publishedTokenizer } from "../../lib/tokenizers/published_tokenizer.ts";

const checkpoints = fileURLToPath(
  new URL("../../tests/fixtures/hub_checkpoints/trainable", import.meta.url),
);
const files = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"];

/** A published encoder whose tokenizer pads with 1, and whose config.json says something else. */
async function published(
  shop: Workshop,
  family: string,
  padId: unknown,
): Promise<InputInstance> {
  const folder = join(shop.folder, `${family} ${padId}`);
  const path = (file: string) => join(folder, file);
  await Deno.mkdir(folder);
  const config = JSON.parse(await Deno.readTextFile(join(checkpoints, family, "config.json")));
  const { tokenizerJson, tokenizerConfig } = publishedTokenizer("bytes", 64);
  await Deno.writeTextFile(path("config.json"), JSON.stringify({ ...config, pad_token_id: padId }));
  await Deno.copyFile(
    join(checkpoints, family, "model.safetensors"),
    path("model.safetensors"),
  );
  await Deno.writeTextFile(path("tokenizer.json"), tokenizerJson);
  await Deno.writeTextFile(path("tokenizer_config.json"), tokenizerConfig);
  return {
    instance: "encoder",
    axes: {},
    files: Object.fromEntries(files.map((file) => [file, path(file)])),
  };
}

for (const family of ["bert", "distilbert"]) {
  Deno.test(`${family}: a training and its answers are the same whatever config.json says of padding`, async () => {
    await using shop = await Workshop.open();
    const limit = { train: 16, validation: 8, test: 8 };
    const corpus = await shop.run("download", { corpus: "sample", language: "eng", limit });
    /** What is written for a config.json: the files' bytes. */
    const outcome = async (padId: unknown) => {
      const encoder = await published(shop, family, padId);
      const tokens = await shop.run("ner.tokenize", { maxTokens: 64 }, {
        corpus: [corpus.instance],
        tokenizer: [encoder],
      });
      const trained = await shop.run(
        "encoder.train",
        { seed: 1, epochs: 2, batchSize: 8, learningRate: 0.01 },
        { examples: [tokens.instance], start: [encoder] },
      );
      const answers = await shop.run("encoder.predict", {}, {
        model: [trained.instance],
        examples: [tokens.instance],
      });
      const read = ({ files }: InputInstance, name: string) => Deno.readFile(files[name]);
      const config = JSON.parse(await Deno.readTextFile(trained.instance.files["config.json"]));
      return {
        padId: config.pad_token_id,
        weights: await read(trained.instance, "model.safetensors"),
        history: await read(trained.instance, "history.parquet"),
        answers: await read(answers.instance, "predictions.parquet"),
      };
    };
    const expected = await outcome(1);
    assert.equal(expected.padId, 1);
    // 9,999 is no row of the table.
    for (const padId of [0, 101, 9999, null]) {
      assert.deepEqual(await outcome(padId), expected, `padding of ${padId}`);
    }
  });
}
