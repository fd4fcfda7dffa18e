import { strict as assert } from "node:assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { iob2Tags, universalTags } from "../../lib/core/tags.ts";
import { parseEncoderConfig } from "../../lib/models/encoder/config.ts";
import { familyOf } from "../../lib/models/encoder/families.ts";
import { encoderParameters } from "../../lib/models/encoder/parameters.ts";
import type { InputInstance } from "../../lib/plan/stage.ts";
import { runStage } from "../../lib/plan/testdata/run_stage.ts";
import { readTable } from "../../lib/table/parquet_tables.ts";
import { historyTable } from "../../lib/table/schemas/history.ts";
import { predictionsTable } from "../../lib/table/schemas/predictions.ts";
import { scoresTable } from "../../lib/table/schemas/scores.ts";
import { readWeights } from "../../lib/weights/published_weights.ts";
import { SafetensorsFile } from "../../lib/weights/safetensors_file.ts";
import { stages } from "../../stages/mod.ts";
import { pairClasses, type Task, tasks, textClasses } from "./sample_tasks.ts";
import { type Start, starts, tokenizeSample, trainModel } from "./write_models.ts";

/** Written by scripts/references/load_models.py. */
interface Confirmation {
  readonly tolerance: number;
  readonly models: Readonly<
    Record<string, {
      readonly architecture: string;
      readonly sentences: number;
      readonly answers: number;
      readonly largestLossDifference: number;
      /** How many. */
      readonly tensors: number;
    }>
  >;
  /** Shapes of the tensors of models of named entities, by start. */
  readonly layouts: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
}

const fixtures = fileURLToPath(new URL("../../tests/fixtures", import.meta.url));
const { tolerance, models, layouts }: Confirmation = JSON.parse(
  await Deno.readTextFile(join(fixtures, "models_in_transformers.json")),
);

const labelsOf: Readonly<Record<Task, readonly string[]>> = {
  ner: iob2Tags(["PER", "ORG", "LOC"]),
  pos: universalTags,
  classify: textClasses,
  mlm: [],
  entail: pairClasses,
};

/** A start's tokenized sample of a task, in a folder of its own. */
async function withExamples(
  task: Task,
  start: Start,
  run: (folder: string, examples: InputInstance) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder, await tokenizeSample(task, start, folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function readJson(path: string) {
  return JSON.parse(await Deno.readTextFile(path));
}

/** The shapes of the weights, by name. */
async function layoutOf({ files }: InputInstance): Promise<Record<string, readonly number[]>> {
  using weights = await SafetensorsFile.open(files["model.safetensors"]);
  return Object.fromEntries(weights.names.map((name) => [name, weights.shapeOf(name)!]));
}

Deno.test("transformers has loaded every task's model of every start, and says the same", () => {
  const names = starts.flatMap(({ name }) => tasks.map((task) => `${name}.${task}`));
  assert.deepEqual(Object.keys(models).sort(), names.sort());
  for (const [name, { sentences, answers, largestLossDifference }] of Object.entries(models)) {
    assert.equal(sentences, 200, name);
    assert.ok(answers >= 200 && largestLossDifference <= tolerance, name);
  }
});

for (const start of starts.filter(({ encoder }) => encoder.encoder !== undefined)) {
  const { name } = start;
  Deno.test(`${name}: a published encoder is trained, and written as transformers loads it`, () =>
    withExamples("ner", start, async (folder, examples) => {
      const params = { epochs: 2, dropout: 0, attentionDropout: 0 };
      const { instance, lines } = await trainModel(
        "ner",
        start,
        join(folder, "model"),
        examples,
        params,
      );
      assert.match(
        lines.join("\n"),
        /starts from .*; classifier.weight, classifier.bias start anew; .* left aside/,
      );
      const published = await readJson(instance.files["config.json"]);
      assert.deepEqual(published.architectures, [models[`${name}.ner`].architecture]);
      assert.deepEqual(Object.values(published.id2label), labelsOf.ner);
      assert.deepEqual(await layoutOf(instance), layouts[name]);
      const history = await readTable(historyTable, instance.files["history.parquet"]);
      assert.ok(history.at(-1)!.loss < history[0].loss, `${history.map(({ loss }) => loss)}`);

      const predicted = await runStage(
        await stages["encoder.predict"].load(),
        join(folder, "predictions"),
        {},
        { model: [instance], examples: [examples] },
      );
      const predictions = await readTable(
        predictionsTable,
        predicted.instance.files["predictions.parquet"],
      );
      assert.equal(predictions.length, models[`${name}.ner`].answers);
      assert.ok(predictions.every(({ loss }) => loss !== null && loss > 0));
      const scored = await runStage(
        await stages["ner.evaluate"].load(),
        join(folder, "scores"),
        {},
        { predictions: [predicted.instance], watched: [] },
      );
      const scores = await readTable(scoresTable, scored.instance.files["scores.parquet"]);
      assert.ok(scores.some(({ metric, of }) => metric === "f1" && of === "micro"));
    }));

  Deno.test(`${name}: frozen, the encoder is the published one, and only the head has learned`, () =>
    withExamples("ner", start, async (folder, examples) => {
      const prefix = familyOf({ model_type: name as "bert" }).prefix;
      const params = { epochs: 1, frozen: [`${prefix}.*`] };
      const { instance } = await trainModel(
        "ner",
        start,
        join(folder, "model"),
        examples,
        params,
      );
      const config = parseEncoderConfig(await readJson(instance.files["config.json"]));
      const published = await readWeights(
        join(fixtures, "hub_checkpoints/trainable", name),
        config,
        encoderParameters(config),
      );
      using trained = await SafetensorsFile.open(instance.files["model.safetensors"]);
      for (const [parameter, { data }] of published.weights) {
        const { data: now } = await trained.read(parameter);
        assert.ok(now.every((value, i) => value === data[i]), parameter);
      }
      const bias = await trained.read("classifier.bias");
      assert.ok(bias.data.every((value) => value !== 0));
    }));
}

Deno.test("the folder of a model of bytes is an encoder for sentences in bytes", () =>
  withExamples("ner", starts[0], async (folder, examples) => {
    const params = { epochs: 1, maxSteps: 1 };
    const model = join(folder, "model");
    await trainModel("ner", starts[0], model, examples, params);
    const again = { ...starts[0], encoder: { encoder: model } };
    const { lines } = await trainModel("ner", again, join(folder, "again"), examples, params);
    assert.match(lines.join("\n"), /starts from .*model .*; classifier.* start anew/);
  }));

const newEncoders = starts.filter(({ encoder }) => encoder.encoder === undefined);

for (const task of tasks) {
  // A tokenizer of another kind for each task.
  const start = newEncoders[tasks.indexOf(task) % newEncoders.length];
  const name = `${start.name}.${task}`;
  Deno.test(`${name}: a new encoder is written as transformers loads it`, () =>
    withExamples(task, start, async (folder, examples) => {
      const params = { epochs: 1, maxSteps: 2 };
      const { instance } = await trainModel(task, start, join(folder, "model"), examples, params);
      const published = await readJson(instance.files["config.json"]);
      assert.deepEqual(published.architectures, [models[name].architecture]);
      assert.deepEqual(Object.values(published.id2label ?? {}), labelsOf[task]);
      // transformers counts the matrix and the bias that predict as tensors of their own.
      const tied = task === "mlm" ? 2 : 0;
      assert.equal(Object.keys(await layoutOf(instance)).length, models[name].tensors - tied);
      const tokenizer = await readJson(instance.files["tokenizer_config.json"]);
      const tokens = ["cls_token", "sep_token", "unk_token", "pad_token", "mask_token"];
      assert.deepEqual(
        tokens.map((token) => tokenizer[token]),
        start.name === "word_piece"
          ? ["[CLS]", "[SEP]", "[UNK]", "[PAD]", "[MASK]"]
          : ["<s>", "</s>", "<unk>", "<pad>", "<mask>"],
      );
    }));
}
