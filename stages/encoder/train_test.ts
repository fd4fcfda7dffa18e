import { strict as assert } from "node:assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../../lib/core/errors.ts";
import { Workshop } from "../../lib/experiment/testdata/workshop.ts";
import { makePlan } from "../../lib/plan/plan.ts";
import { readTable } from "../../lib/table/parquet_tables.ts";
import { historyTable } from "../../lib/table/schemas/history.ts";
import { readPublishedFolder } from "../../lib/weights/published_folder.ts";
import { readSafetensors, SafetensorsFile } from "../../lib/weights/safetensors_file.ts";
import { stages } from "../mod.ts";
import { train } from "./train.ts";

const encoder = "tests/fixtures/hub_checkpoints/trainable/xlm-roberta";
const project = fileURLToPath(new URL("../..", import.meta.url));
const base = { seed: 1, epochs: 1, batchSize: 8, learningRate: 0.01 };
const small = { ...base, layers: 1, width: 16, heads: 2 };

/** What is wrong with params, by name. */
function problemsOf(params: Record<string, unknown>): Record<string, string> {
  const { error } = train.params.safeParse({ ...base, ...params });
  return Object.fromEntries(
    (error?.issues ?? []).map(({ path, message }) => [path.join("."), message]),
  );
}

Deno.test("the shape of the encoder cannot be given beside a published one; dropout rates can", () => {
  const leave = (name: string) => `expected nothing, as the encoder has its own: leave ${name} out`;
  assert.deepEqual(
    problemsOf({ encoder, layers: 2, width: 8, heads: 2, inner: 8, initialisation: "normal" }),
    Object.fromEntries(
      ["layers", "width", "heads", "inner", "initialisation"].map((name) => [name, leave(name)]),
    ),
  );
  assert.deepEqual(problemsOf({ encoder, dropout: 0.2, attentionDropout: 0 }), {});
  assert.deepEqual(problemsOf({ layers: 2, width: 8 }), {});
});

Deno.test("slices need a width that cuts the encoder's, and a whole head needs none", () => {
  assert.deepEqual(problemsOf({ head: "sliced", sliceWidth: 8, trainClassifier: false }), {});
  assert.deepEqual(Object.keys(problemsOf({ head: "sliced" })), ["sliceWidth"]);
  assert.deepEqual(problemsOf({ width: 30 }), {
    width: "expected a multiple of the number of heads, 8",
  });
  const beside = (params: Record<string, unknown>, ...inputs: ("start" | "examples")[]) =>
    train.refusesBeside?.(train.params.parse({ ...base, ...params }), new Set(inputs));
  const cut = { head: "sliced", sliceWidth: 3 };
  assert.deepEqual(beside(cut, "examples"), [{
    message: "Cannot cut a new encoder, 128 wide, into slices of 3",
    hint: "give a sliceWidth that divides the encoder's width",
    param: ["sliceWidth"],
  }]);
  assert.deepEqual(beside({ ...cut, width: 24 }), []);
  // How wide a start is, and what its weights are called, is known when it is there.
  assert.deepEqual(beside({ ...cut, frozen: ["bert.*"] }, "start"), []);
  assert.deepEqual(
    beside({ encoder, dropout: 0.2 }, "start")?.map(({ message, param }) => [message, param]),
    [['Cannot use param "encoder" beside input "start", which is an encoder already', ["encoder"]]],
  );
  assert.deepEqual(Object.keys(problemsOf({ sliceWidth: 8, trainClassifier: false })), [
    "sliceWidth",
    "trainClassifier",
  ]);
});

Deno.test("a training in half precision is refused where the device has none", () => {
  const refused = (precision: string, device: "cpu" | "cuda") =>
    train.refuses?.(train.params.parse({ ...base, precision }), device)?.message;
  assert.equal(refused("bfloat16", "cpu"), "Cannot train in bfloat16 on cpu");
  assert.equal(refused("bfloat16", "cuda"), undefined);
  assert.equal(refused("float32", "cpu"), undefined);
});

Deno.test("the content of a published encoder enters the fingerprint", async () => {
  const reads = async (params: Record<string, unknown>) =>
    await train.reads?.(train.params.parse({ ...base, ...params }));
  assert.deepEqual(await reads({}), { facts: null, paths: [] });
  const { digest, folder } = await readPublishedFolder(encoder, project);
  assert.deepEqual(await reads({ encoder }), { facts: { encoder: digest }, paths: [folder] });
});

Deno.test("a plan tells what a training lacks: the encoder's files, weights to freeze, an input", async () => {
  await using shop = await Workshop.open();
  const file = join(shop.folder, "pipeline.yaml");
  const text = `name: lacking
stages:
  corpus: { use: download, with: { corpus: sample, language: eng } }
  tokens: { use: ner.tokenize, inputs: { corpus: corpus } }
  train:
    use: encoder.train
    with: { seed: 1, epochs: 1, learningRate: 0.01, encoder: no/where }
    inputs: { examples: tokens }
`;
  const problemWith = async (params: string): Promise<string> => {
    await Deno.writeTextFile(file, text.replace("encoder: no/where", params));
    return await makePlan({ file }, stages).then(() => "", (error: unknown) => {
      assert.ok(error instanceof UserError);
      return error.message;
    });
  };
  const lacking = await problemWith("encoder: no/where");
  assert.match(lacking, /:7:62: Cannot find the encoder "no\/where": there is no such folder/);
  assert.match(lacking, /fetch config.json, model.safetensors and tokenizer.json into it/);
  assert.match(
    await problemWith(`encoder: ${encoder}, head: sliced, sliceWidth: 3`),
    /Cannot cut the encoder .*, 8 wide, into slices of 3\n/,
  );
  for (const start of ["layers: 3", `encoder: ${encoder}`]) {
    const frozen = (pattern: string) => problemWith(`frozen: ["${pattern}"], ${start}`);
    assert.match(
      await frozen("*.layer.7.*"),
      /:7:61: Cannot freeze "\*.layer.7.\*": no parameter has such a/,
    );
    assert.match(await frozen("*"), /:7:61: Cannot train as every parameter is frozen\n/);
    assert.equal(await frozen("*.layer.0.*"), "");
  }
  assert.match(
    await problemWith("select: targetDev"),
    /Cannot do without input "watch" of train, as its params ask/,
  );
});

Deno.test("a tokenizer or sentences that do not fit an encoder are refused", async () => {
  await using shop = await Workshop.open();
  const run = async (params: Record<string, unknown>) =>
    await shop.run("encoder.train", { ...base, encoder }, {
      examples: [await shop.tokens("eng", params)],
    });
  await assert.rejects(
    run({ tokenizer: "tests/fixtures/tokenizers/unigram.json" }),
    /Cannot embed the pieces of the tokenizer .*unigram.json.* got 3001 pieces and 261 rows/,
  );
  await assert.rejects(
    run({ maxTokens: 65 }),
    /Cannot read sentences of 65 tokens, as the encoder has positions for 64 of them/,
  );
});

Deno.test("an encoder's rates are kept or given anew, with its other fields", async () => {
  await using shop = await Workshop.open();
  const { instance } = await shop.run("encoder.train", { ...base, encoder, dropout: 0.25 }, {
    examples: [await shop.tokens("eng")],
  });
  const config = JSON.parse(await Deno.readTextFile(instance.files["config.json"]));
  assert.deepEqual(
    [config.hidden_dropout_prob, config.attention_probs_dropout_prob, config.use_cache],
    [0.25, 0.1, true],
  );
  assert.deepEqual(config.crosstie, { tokenizer: "bytes", tokenTypes: false });
  assert.deepEqual(config.architectures, ["XLMRobertaForTokenClassification"]);
});

Deno.test("weights are selected by the validation sentences of the source or of the targets", async () => {
  await using shop = await Workshop.open();
  const source = await shop.tokens("eng"), target = await shop.tokens("amh");
  const historyOf = async (select: string, watch: typeof source[]) => {
    const { instance, lines } = await shop.run(
      "encoder.train",
      { ...small, epochs: 3, select },
      { examples: [source], watch },
    );
    return { rows: await readTable(historyTable, instance.files["history.parquet"]), lines };
  };
  const scored = ({ rows }: Awaited<ReturnType<typeof historyOf>>) =>
    rows.filter(({ devLoss }) => devLoss !== null);
  const bySource = await historyOf("sourceDev", []);
  const byTarget = await historyOf("targetDev", [target]);
  const last = await historyOf("last", []);
  assert.deepEqual(scored(bySource).map(({ devSplit }) => devSplit), Array(3).fill("source"));
  assert.deepEqual(scored(byTarget).map(({ devSplit }) => devSplit), Array(3).fill("target"));
  // The same training, whoever looks on: other sentences are scored.
  assert.deepEqual(byTarget.rows.map(({ loss }) => loss), bySource.rows.map(({ loss }) => loss));
  for (const [i, { devLoss }] of scored(byTarget).entries()) {
    assert.notEqual(devLoss, scored(bySource)[i].devLoss);
  }
  assert.deepEqual(scored(last).map(({ epoch, devSplit }) => [epoch, devSplit]), [[3, "source"]]);
  const [end, same] = [last.rows.at(-1)!, bySource.rows.at(-1)!];
  assert.ok(Math.abs(end.devLoss! - same.devLoss!) < 1e-6);
  const least = Math.min(...scored(byTarget).map(({ devLoss }) => devLoss!));
  const { step } = scored(byTarget).find(({ devLoss }) => devLoss === least)!;
  assert.equal(byTarget.lines.at(-1), `keeps the weights of step ${step} of 6`);
  assert.deepEqual(
    byTarget.rows.filter(({ isSelected }) => isSelected).map((row) => row.step),
    [step],
  );
});

Deno.test("a sliced head writes and evaluates the whole classifier", async () => {
  await using shop = await Workshop.open();
  const examples = [await shop.tokens("eng")];
  const sliced = (sliceWidth: number) =>
    shop.run("encoder.train", { ...base, encoder, head: "sliced", sliceWidth }, { examples });
  const { instance } = await sliced(2);
  using weights = await SafetensorsFile.open(instance.files["model.safetensors"]);
  assert.deepEqual(weights.shapeOf("classifier.weight"), [7, 8]);
  // How wide a start is, is known when it is there.
  const start = [instance];
  for (const sliceWidth of [3, 5, 16]) {
    await assert.rejects(
      shop.run("encoder.train", { ...base, head: "sliced", sliceWidth }, { examples, start }),
      {
        name: "UserError",
        message: `Cannot cut the start, 8 wide, into slices of ${sliceWidth}\n` +
          "  give a sliceWidth that divides the encoder's width",
      },
    );
  }
});

Deno.test("another training's model is a start: its head goes on where the labels are equal", async () => {
  await using shop = await Workshop.open();
  const tokens = await shop.tokens("eng"), texts = await shop.texts();
  const first = await shop.run("encoder.train", small, { examples: [tokens] });
  const still = { ...base, learningRate: 1e-30, weightDecay: 0 };
  const go = (examples: typeof tokens) =>
    shop.run("encoder.train", still, { examples: [examples], start: [first.instance] });
  const before = await readSafetensors(first.instance.files["model.safetensors"]);
  const on = await go(tokens), other = await go(texts);
  const [goesOn, startsAnew] = await Promise.all(
    [on, other].map(({ instance }) => readSafetensors(instance.files["model.safetensors"])),
  );
  for (const [name, { data }] of before) {
    const now = goesOn.get(name)!.data;
    assert.ok(data.every((value, i) => Math.abs(now[i] - value) < 1e-20), name);
  }
  assert.ok(on.lines.includes("starts from encoder.train"));
  // The embeddings of pieces that had none of them moved by less than one bit.
  const query = "roberta.encoder.layer.0.attention.self.query.weight";
  assert.deepEqual(startsAnew.get(query)!.data, before.get(query)!.data);
  assert.deepEqual(startsAnew.get("classifier.out_proj.weight")!.dims, [2, 16]);
  assert.ok(
    other.lines.includes(
      "starts from encoder.train; classifier.dense.weight, classifier.dense.bias, " +
        "classifier.out_proj.weight, classifier.out_proj.bias start anew; " +
        "classifier.weight, classifier.bias left aside",
    ),
    other.lines.join("\n"),
  );
});

Deno.test("a start with the labels in another order, or of another tokenizer, is refused", async () => {
  await using shop = await Workshop.open();
  const first = await shop.run("encoder.train", small, { examples: [await shop.tokens("eng")] });
  const from = async (params: Record<string, unknown>) =>
    await shop.run("encoder.train", base, {
      examples: [await shop.tokens("eng", params)],
      start: [first.instance],
    });
  await assert.rejects(from({ entityTypes: ["LOC", "PER", "ORG"] }), {
    name: "UserError",
    message:
      "Cannot start from encoder.train as its labels stand in another order: got [O, B-LOC, " +
      "I-LOC, B-PER, I-PER, B-ORG, I-ORG] and [O, B-PER, I-PER, B-ORG, I-ORG, B-LOC, I-LOC]\n" +
      "  give both the same labels in the same order",
  });
  await assert.rejects(
    from({ tokenizer: "tests/fixtures/tokenizers/word_piece.json" }),
    /Cannot start from encoder.train on sentences of the tokenizer .*word_piece.json .* bytes\n/,
  );
});

Deno.test("a masked language model is a start for any task", async () => {
  await using shop = await Workshop.open();
  const corpus = await shop.run("download", {
    corpus: "sample",
    language: "eng",
    limit: { train: 16, validation: 8, test: 8 },
  });
  const raw = await shop.run("mlm.tokenize", { maxTokens: 64 }, { corpus: [corpus.instance] });
  const masked = await shop.run("mlm.train", { ...small, evaluateEvery: 1 }, {
    examples: [raw.instance],
  });
  const history = await readTable(historyTable, masked.instance.files["history.parquet"]);
  assert.ok(history.at(-1)!.devLoss! > 0 && history.at(-1)!.asked > 0);
  const tagger = await shop.run("encoder.train", base, {
    examples: [await shop.tokens("eng")],
    start: [masked.instance],
  });
  assert.match(
    tagger.lines.join("\n"),
    /starts from mlm.train; classifier.weight, classifier.bias start anew; lm_head/,
  );
  await assert.rejects(
    shop.run("encoder.train", small, { examples: [raw.instance] }),
    /Cannot train a classifier on examples in which nothing is asked\n {2}use mlm.train/,
  );
});
