import { strict as assert } from "node:assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Workshop } from "../../lib/experiment/testdata/workshop.ts";
import { parseEncoderConfig } from "../../lib/models/encoder/config.ts";
import type { InputInstance } from "../../lib/plan/stage.ts";
import { readTable } from "../../lib/table/parquet_tables.ts";
import { historyTable } from "../../lib/table/schemas/history.ts";
import { predictionsTable } from "../../lib/table/schemas/predictions.ts";
import { tokenHead } from "../../lib/models/encoder/heads/token.ts";
import { readAdapter } from "../../lib/weights/adapter_files.ts";
import { readLora } from "../../lib/weights/lora_files.ts";
import { readSafetensors } from "../../lib/weights/safetensors_file.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));
const encoder = join(project, "tests/fixtures/hub_checkpoints/trainable/roberta");
const config = parseEncoderConfig(
  JSON.parse(await Deno.readTextFile(join(encoder, "config.json"))),
);
const training = { seed: 1, epochs: 2, batchSize: 8, learningRate: 0.01, bottleneck: 2 };

const weightsOf = ({ files }: InputInstance) => readSafetensors(files["model.safetensors"]);

/** The names of the tensors that differ between two models, or are in one alone. */
async function changed(a: ReadonlyMap<string, { data: Float32Array }>, b: typeof a) {
  const names = new Set([...a.keys(), ...b.keys()]);
  return await Promise.resolve([...names].filter((name) => {
    const [x, y] = [a.get(name)?.data, b.get(name)?.data];
    return !x || !y || x.some((value, i) => value !== y[i]);
  }));
}

async function answersOf(shop: Workshop, model: InputInstance, examples: InputInstance) {
  const { instance } = await shop.run("encoder.predict", { decoding: "argmax" }, {
    model: [model],
    examples: [examples],
  });
  const rows = await readTable(predictionsTable, instance.files["predictions.parquet"]);
  return rows.map(({ loss }) => loss);
}

for (const method of ["adapter", "lora"]) {
  Deno.test(`adapter.train, ${method}: the encoder stays, what is put around it and the head learn`, async () => {
    await using shop = await Workshop.open();
    const examples = await shop.tokens("eng");
    const { instance } = await shop.run("adapter.train", { ...training, encoder, method }, {
      examples: [examples],
    });
    const now = await weightsOf(instance);
    const before = await readSafetensors(join(encoder, "model.safetensors"));
    const own = new Map([...now].filter(([name]) => before.has(name) && !name.startsWith("class")));
    assert.ok(own.size > 10);
    const kept = new Map([...before].filter(([name]) => own.has(name)));
    assert.deepEqual(await changed(own, kept), []);
    const added = [...now.keys()].filter((name) => !before.has(name) && !name.startsWith("class"));
    const pattern = method === "lora" ? /\.lora_[AB]\.weight$/ : /\.output\.adapters\.task\./;
    assert.ok(added.length >= 4 && added.every((name) => pattern.test(name)), `${added}`);
    for (const name of added) {
      assert.ok(now.get(name)!.data.some((value) => value !== 0), name);
    }
    const history = await readTable(historyTable, instance.files["history.parquet"]);
    assert.ok(history.at(-1)!.loss < history[0].loss);
    const answers = await answersOf(shop, instance, examples);
    // Words beyond the longest sentence have none.
    const losses = answers.filter((loss) => loss !== null);
    assert.ok(losses.length > 8 && losses.every((loss) => loss > 0));
  });
}

Deno.test("adapter.exportLora writes what is read back, head included, and goes on from", async () => {
  await using shop = await Workshop.open();
  const examples = await shop.tokens("eng");
  const train = (method: string) =>
    shop.run("adapter.train", { ...training, encoder, method, rank: 2 }, { examples: [examples] });
  const { instance: model } = await train("lora");
  const { instance: files } = await shop.run("adapter.exportLora", {}, { model: [model] });
  const now = await weightsOf(model);
  const { id2label } = JSON.parse(await Deno.readTextFile(model.files["config.json"]));
  const head = tokenHead(config, Object.keys(id2label).length).parameters;
  const folder = join(files.files["adapter_config.json"], "..");
  const { lora, weights } = await readLora(folder, config, head);
  assert.deepEqual(lora, { rank: 2, alpha: 16, stabilised: false, targets: ["query", "value"] });
  assert.ok(weights.has("classifier.weight"));
  for (const [name, { data }] of weights) assert.deepEqual(data, now.get(name)!.data, name);
  // Its files are where another training goes on: at a rate of next to nothing, it stays there.
  const still = { ...training, encoder, method: "lora", lora: folder, learningRate: 1e-30 };
  const { instance: again } = await shop.run("adapter.train", still, { examples: [examples] });
  const then = await weightsOf(again);
  for (const [name, { data }] of weights) {
    if (!name.startsWith("classifier.")) assert.deepEqual(then.get(name)!.data, data, name);
  }
  assert.notDeepEqual(then.get("classifier.weight")!.data, now.get("classifier.weight")!.data);
  await assert.rejects(
    shop.run("adapter.train", { ...still, method: "adapter" }, { examples: [examples] }),
    /expected nothing with method: adapter: write method: lora/,
  );
  const { instance: adapter } = await train("adapter");
  await assert.rejects(shop.run("adapter.exportLora", {}, { model: [adapter] }), {
    name: "UserError",
    message: /in PEFT's layout: it is an adapter, and no LoRA\n {2}use adapter.export/,
  });
});

Deno.test("MAD-X: language adapters, a task adapter on one of them, and then on the other", async () => {
  await using shop = await Workshop.open();
  const text = async (language: string) => {
    const limit = { train: 16, validation: 8, test: 8 };
    const corpus = await shop.run("download", { corpus: "sample", language, limit });
    const { instance } = await shop.run("mlm.tokenize", { maxTokens: 64 }, {
      corpus: [corpus.instance],
    });
    return instance;
  };
  const language = async (name: string) => {
    const { instance } = await shop.run("adapter.mlm", { ...training, encoder, name }, {
      examples: [await text(name)],
    });
    return instance;
  };
  const [english, german] = [await language("eng"), await language("deu")];
  const examples = await shop.tokens("eng");
  const { instance: task, lines } = await shop.run("adapter.train", training, {
    examples: [examples],
    start: [english],
  });
  assert.match(
    lines.join("\n"),
    /starts from .*adapter\.mlm.* and its adapter; the head starts anew/,
  );
  // The encoder and the language adapter are those of the start.
  const [now, start, other] = [
    await weightsOf(task),
    await weightsOf(english),
    await weightsOf(german),
  ];
  const shared = new Map([...now].filter(([name]) => start.has(name)));
  assert.deepEqual(
    await changed(shared, new Map([...start].filter(([name]) => shared.has(name)))),
    [],
  );
  assert.ok([...shared.keys()].some((name) => name.includes("invertible_adapters.eng.G.2")));

  const { instance: switched } = await shop.run("adapter.switch", {}, {
    model: [task],
    language: [german],
  });
  const after = await weightsOf(switched);
  const differ = await changed(now, after);
  assert.deepEqual(differ, [...now.keys()].filter((name) => /adapters\.eng\./.test(name)));
  for (const name of differ) {
    assert.deepEqual(after.get(name)!.data, other.get(name.replace(".eng.", ".deu."))!.data, name);
  }
  const [before, then] = [
    await answersOf(shop, task, examples),
    await answersOf(shop, switched, examples),
  ];
  assert.ok(before.some((loss, i) => loss !== then[i]));

  for (const [model, name, wanted] of [[german, "deu", other], [task, "task", now]] as const) {
    const { instance } = await shop.run("adapter.export", {}, { model: [model] });
    const read = await readAdapter(join(instance.files["adapter.safetensors"], ".."), config);
    assert.equal(read.name, name);
    for (const [parameter, { data }] of read.weights) {
      assert.deepEqual(data, wanted.get(parameter)!.data, parameter);
    }
  }

  // Its files are a language adapter for another training.
  const { instance: files } = await shop.run("adapter.export", {}, { model: [english] });
  const languageAdapter = join(files.files["adapter.safetensors"], "..");
  const again = await shop.run("adapter.train", { ...training, encoder, languageAdapter }, {
    examples: [examples],
  });
  const [one, two] = [
    await answersOf(shop, task, examples),
    await answersOf(shop, again.instance, examples),
  ];
  assert.deepEqual(one, two);

  for (
    const [kind, inputs, message] of [
      [
        "adapter.switch",
        { model: [german], language: [english] },
        /it is stacked on no language adapter/,
      ],
      ["adapter.switch", { model: [task], language: [task] }, /it is a stack or a LoRA/],
      ["adapter.train", { examples: [examples], start: [task] }, /it has a task adapter already/],
    ] as const
  ) {
    await assert.rejects(shop.run(kind, kind === "adapter.train" ? training : {}, inputs), {
      name: "UserError",
      message,
    });
  }
});
