import { strict as assert } from "node:assert";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Workshop } from "../../lib/experiment/testdata/workshop.ts";
import { readExampleFormat } from "../../lib/models/example_format.ts";
import type { InputInstance } from "../../lib/plan/stage.ts";
import { publishedTokenizer } from "../../lib/tokenizers/published_tokenizer.ts";
import { readSafetensors } from "../../lib/weights/safetensors_file.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));
const roberta = join(project, "tests/fixtures/hub_checkpoints/trainable/roberta");
/** Weights stay as they start, so that they show where they come from. */
const still = { seed: 1, epochs: 1, batchSize: 8, learningRate: 1e-30, weightDecay: 0 };

/** A model as if it came from the hub: without a word of who trained it. */
async function published(shop: Workshop, name: string, from: string): Promise<InputInstance> {
  const path = (file: string) => join(shop.folder, name, file);
  await Deno.mkdir(join(shop.folder, name));
  const { crosstie: _, ...config } = JSON.parse(
    await Deno.readTextFile(join(from, "config.json")),
  );
  const { tokenizerJson, tokenizerConfig } = publishedTokenizer("bytes", 64);
  await Deno.writeTextFile(path("config.json"), JSON.stringify(config));
  await Deno.copyFile(join(from, "model.safetensors"), path("model.safetensors"));
  await Deno.writeTextFile(path("tokenizer.json"), tokenizerJson);
  await Deno.writeTextFile(path("tokenizer_config.json"), tokenizerConfig);
  const files = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"];
  return {
    instance: name,
    axes: {},
    files: Object.fromEntries(files.map((file) => [file, path(file)])),
  };
}

/** Sample sentences, tokenized for a task as an encoder asks for it. */
async function tokensFor(
  shop: Workshop,
  encoder: InputInstance,
  kind = "ner.tokenize",
): Promise<InputInstance> {
  const limit = { train: 16, validation: 8, test: 8 };
  const corpus = await shop.run("download", { corpus: "sample", language: "eng", limit });
  const { instance } = await shop.run(kind, { maxTokens: 64 }, {
    corpus: [corpus.instance],
    tokenizer: [encoder],
  });
  return instance;
}

Deno.test("a training starts from a published encoder, with sentences of its own tokenizer", async () => {
  await using shop = await Workshop.open();
  const encoder = await published(shop, "encoder", roberta);
  const examples = await tokensFor(shop, encoder);
  const { tokenizer } = await readExampleFormat(examples.files["encoding.json"]);
  assert.equal(tokenizer, "bytes"); // its tokenizer.json says so, byte by byte
  const { instance, lines } = await shop.run("encoder.train", still, {
    examples: [examples],
    start: [encoder],
  });
  const [before, after] = await Promise.all(
    [encoder, instance].map(({ files }) => readSafetensors(files["model.safetensors"])),
  );
  const query = "roberta.encoder.layer.0.attention.self.query.weight";
  const wanted = before.get(query) ?? before.get(query.replace("roberta.", ""));
  assert.deepEqual(after.get(query)!.data, wanted!.data);
  assert.match(
    lines.find((line) => line.startsWith("starts from"))!,
    /^starts from encoder; classifier.weight, classifier.bias start anew/,
  );
  // What was trained is a start in its turn, of the same sentences and of others in bytes.
  for (const tokens of [examples, await shop.tokens("eng")]) {
    const on = await shop.run("encoder.train", still, { examples: [tokens], start: [instance] });
    assert.ok(on.lines.includes("starts from encoder.train"), on.lines.join("\n"));
  }
});

Deno.test("an empty tokenizer_config.json says as much as none", async () => {
  await using shop = await Workshop.open();
  const encoder = await published(shop, "encoder", roberta);
  const { tokenizerJson } = publishedTokenizer("bytes", 64);
  await Deno.writeTextFile(encoder.files["tokenizer.json"], `${tokenizerJson}\n`);
  await Deno.writeTextFile(encoder.files["tokenizer_config.json"], "{}\n");
  const { tokenizer } = await readExampleFormat(
    (await tokensFor(shop, encoder)).files["encoding.json"],
  );
  await Deno.remove(encoder.files["tokenizer_config.json"]);
  const named = await shop.tokens("eng", { tokenizer: dirname(encoder.files["tokenizer.json"]) });
  const { tokenizer: other } = await readExampleFormat(named.files["encoding.json"]);
  assert.ok(tokenizer !== "bytes" && other !== "bytes");
  assert.equal(tokenizer.tokenizerJson, `${tokenizerJson}\n`);
  assert.deepEqual([tokenizer.digest, tokenizer.tokenizerConfig], [other.digest, undefined]);
});

Deno.test("sentences of another tokenizer than the published encoder's are refused", async () => {
  await using shop = await Workshop.open();
  const encoder = await published(shop, "encoder", roberta);
  const examples = await shop.tokens("eng", {
    tokenizer: "tests/fixtures/tokenizers/word_piece.json",
  });
  await assert.rejects(
    shop.run("encoder.train", still, { examples: [examples], start: [encoder] }),
    /Cannot start from encoder on sentences of the tokenizer .*word_piece.json .*: it has another tokenizer.json\n {2}tokenize with the tokenizer of the start: give it as input tokenizer/,
  );
});

Deno.test("a published classifier's head starts anew, even with the same labels; a masked LM's goes on", async () => {
  await using shop = await Workshop.open();
  const encoder = await published(shop, "encoder", roberta);
  const examples = await tokensFor(shop, encoder);
  const tagger = await shop.run("encoder.train", { ...still, learningRate: 0.01 }, {
    examples: [examples],
    start: [encoder],
  });
  const classifier = await published(
    shop,
    "classifier",
    dirname(tagger.instance.files["config.json"]),
  );
  const again = await shop.run("encoder.train", still, {
    examples: [examples],
    start: [classifier],
  });
  assert.ok(
    again.lines.includes(
      "starts from classifier; classifier.weight, classifier.bias start anew",
    ),
    again.lines.join("\n"),
  );

  const raw = await tokensFor(shop, encoder, "mlm.tokenize");
  const masked = await shop.run("mlm.train", { ...still, learningRate: 0.01 }, {
    examples: [raw],
    start: [encoder],
  });
  const language = await published(
    shop,
    "language",
    dirname(masked.instance.files["config.json"]),
  );
  const on = await shop.run("mlm.train", still, { examples: [raw], start: [language] });
  assert.ok(on.lines.includes("starts from language"), on.lines.join("\n"));
  const [before, after] = await Promise.all(
    [language, on.instance].map(({ files }) => readSafetensors(files["model.safetensors"])),
  );
  assert.deepEqual(
    after.get("lm_head.dense.weight")!.data,
    before.get("lm_head.dense.weight")!.data,
  );
});
