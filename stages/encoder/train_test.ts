import { strict as assert } from "node:assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../lib/core/errors.ts";
import { makePlan } from "../lib/plan/plan.ts";
import type { InputInstance } from "../lib/plan/stage.ts";
import { runStage } from "../lib/plan/testdata/run_stage.ts";
import { readTable } from "../lib/table/duckdb.ts";
import { historyTable } from "../lib/table/schemas/history.ts";
import { readHubFolder } from "../lib/weights/published_folder.ts";
import { SafetensorsFile } from "../lib/weights/safetensors_file.ts";
import { stages } from "./mod.ts";
import { train } from "./train.ts";

const checkpoint = "tests/fixtures/hub_checkpoints/trainable/xlm-roberta";
const project = fileURLToPath(new URL("..", import.meta.url));
const base = { source: "eng", seed: 1, epochs: 1, batchSize: 8, learningRate: 0.01 };
const small = { ...base, layers: 1, width: 16, heads: 2 };

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Sample sentences of a language in pieces. */
async function tokensOf(
  folder: string,
  language: string,
  options: Record<string, unknown> = {},
): Promise<InputInstance> {
  const limit = { train: 16, validation: 8, test: 0 };
  const corpus = await runStage(await stages.download.load(), join(folder, language), {
    corpus: "sample",
    language,
    limit,
  }, {});
  const { instance } = await runStage(
    await stages.tokenize.load(),
    join(folder, `${language}-tokens`),
    { maxTokens: 64, ...options },
    { corpus: [corpus.instance] },
  );
  return instance;
}

/** What is wrong with params, by name. */
function problemsOf(params: Record<string, unknown>): Record<string, string> {
  const { error } = train.params.safeParse({ ...base, ...params });
  return Object.fromEntries(
    (error?.issues ?? []).map(({ path, message }) => [path.join("."), message]),
  );
}

Deno.test("the shape of the encoder cannot be given beside a checkpoint; dropout rates can", () => {
  const leave = (name: string) =>
    `expected nothing, as the checkpoint has its own: leave ${name} out`;
  assert.deepEqual(
    problemsOf({ checkpoint, layers: 2, width: 8, heads: 2, inner: 8, initialisation: "normal" }),
    Object.fromEntries(
      ["layers", "width", "heads", "inner", "initialisation"].map((name) => [name, leave(name)]),
    ),
  );
  assert.deepEqual(problemsOf({ checkpoint, dropout: 0.2, attentionDropout: 0 }), {});
  assert.deepEqual(problemsOf({ layers: 2, width: 8 }), {});
});

Deno.test("slices need a width that cuts the encoder's, and a whole head needs none", () => {
  assert.deepEqual(problemsOf({ head: "sliced", sliceWidth: 8, trainClassifier: false }), {});
  assert.deepEqual(Object.keys(problemsOf({ head: "sliced" })), ["sliceWidth"]);
  assert.deepEqual(problemsOf({ head: "sliced", sliceWidth: 3 }), {
    sliceWidth: "expected a divisor of the encoder's width, 128",
  });
  assert.deepEqual(problemsOf({ width: 30 }), {
    width: "expected a multiple of the number of heads, 8",
  });
  assert.deepEqual(problemsOf({ head: "sliced", sliceWidth: 3, checkpoint }), {});
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

Deno.test("the content of a checkpoint enters the fingerprint", async () => {
  const reads = async (params: Record<string, unknown>) =>
    await train.reads?.(train.params.parse({ ...base, ...params }));
  assert.deepEqual(await reads({}), { facts: null, paths: [] });
  const { digest, folder } = await readHubFolder(checkpoint, project);
  assert.deepEqual(await reads({ checkpoint }), {
    facts: { checkpoint: digest },
    paths: [folder],
  });
});

Deno.test("a plan tells what a training lacks: the checkpoint's files, weights to freeze, the dev input", () =>
  inFolder(async (folder) => {
    const file = join(folder, "pipeline.yaml");
    await Deno.writeTextFile(
      file,
      `name: lacking
stages:
  corpus: { use: download, with: { corpus: sample, language: eng } }
  tokens: { use: tokenize, inputs: { corpus: corpus } }
  train:
    use: train
    with: { source: eng, seed: 1, epochs: 1, learningRate: 0.01, checkpoint: no/where }
    inputs: { tokens: tokens }
`,
    );
    const problem = () =>
      makePlan({ file }, stages).then(() => "", (error: unknown) => {
        assert.ok(error instanceof UserError);
        return error.message;
      });
    const lacking = await problem();
    assert.match(lacking, /:7:78: Cannot find the checkpoint "no\/where": there is no such folder/);
    assert.match(lacking, /fetch config.json, model.safetensors and tokenizer.json into it/);
    const text = await Deno.readTextFile(file);
    const sliced = `checkpoint: ${checkpoint}, head: sliced, sliceWidth: 3`;
    await Deno.writeTextFile(file, text.replace("checkpoint: no/where", sliced));
    assert.match(await problem(), /Cannot cut the encoder of .*, 8 wide, into slices of 3\n/);
    for (const start of ["layers: 3", `checkpoint: ${checkpoint}`]) {
      const frozen = (pattern: string) =>
        Deno.writeTextFile(
          file,
          text.replace("checkpoint: no/where", `frozen: ["${pattern}"], ${start}`),
        );
      await frozen("*.layer.7.*");
      assert.match(
        await problem(),
        /:7:74: Cannot freeze "\*.layer.7.\*": no parameter has such a/,
      );
      await frozen("*");
      assert.match(await problem(), /:7:74: Cannot train as every parameter is frozen\n/);
      await frozen("*.layer.0.*");
      assert.equal(await problem(), "");
    }
    await Deno.writeTextFile(file, text.replace("checkpoint: no/where", "select: targetDev"));
    assert.match(await problem(), /Cannot do without input "dev" of train, as its params ask/);
  }));

Deno.test("a tokenizer or sentences that do not fit a checkpoint are refused", () =>
  inFolder(async (folder) => {
    const run = (tokens: InputInstance) =>
      runStage(train, join(folder, "model"), { ...base, checkpoint }, {
        tokens: [tokens],
        dev: [],
      });
    const tokenizer = "tests/fixtures/tokenizers/unigram.json";
    await assert.rejects(
      run(await tokensOf(folder, "eng", { tokenizer })),
      /Cannot embed the pieces of the tokenizer .*unigram.json.* got 3001 pieces and 261 rows/,
    );
    await assert.rejects(
      run(await tokensOf(folder, "eng", { maxTokens: 65 })),
      /Cannot read sentences of 65 tokens, as the encoder has positions for 64 of them/,
    );
  }));

Deno.test("a checkpoint's rates are kept or given anew, with its other fields", () =>
  inFolder(async (folder) => {
    const tokens = await tokensOf(folder, "eng");
    const { instance } = await runStage(train, join(folder, "model"), {
      ...base,
      checkpoint,
      dropout: 0.25,
    }, { tokens: [tokens], dev: [] });
    const config = JSON.parse(await Deno.readTextFile(instance.files["config.json"]));
    assert.deepEqual(
      [config.hidden_dropout_prob, config.attention_probs_dropout_prob, config.use_cache],
      [0.25, 0.1, true],
    );
    assert.deepEqual(config.crosstie, { tokenizer: "bytes" });
  }));

Deno.test("weights are selected by the validation sentences of the source or of the targets", () =>
  inFolder(async (folder) => {
    const source = await tokensOf(folder, "eng"), target = await tokensOf(folder, "amh");
    const historyOf = async (select: string, dev: InputInstance[]) => {
      const { instance, lines } = await runStage(
        train,
        join(folder, select),
        { ...small, epochs: 3, select: select as "last" },
        { tokens: [source], dev },
      );
      return { rows: await readTable(historyTable, instance.files["history.parquet"]), lines };
    };
    const scored = ({ rows }: Awaited<ReturnType<typeof historyOf>>) =>
      rows.filter(({ devLoss }) => devLoss !== null);
    const bySource = await historyOf("sourceDev", []);
    const byTarget = await historyOf("targetDev", [target]);
    const last = await historyOf("last", [target]);
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
    assert.ok(last.lines.includes("input dev is not read, as select is last"));
    const least = Math.min(...scored(byTarget).map(({ devLoss }) => devLoss!));
    const { step } = scored(byTarget).find(({ devLoss }) => devLoss === least)!;
    assert.equal(byTarget.lines.at(-1), `keeps the weights of step ${step} of 6`);
  }));

Deno.test("a sliced head writes and evaluates the whole classifier", () =>
  inFolder(async (folder) => {
    const tokens = await tokensOf(folder, "eng");
    const { instance } = await runStage(train, join(folder, "model"), {
      ...base,
      checkpoint,
      head: "sliced",
      sliceWidth: 2,
    }, { tokens: [tokens], dev: [] });
    using weights = await SafetensorsFile.open(instance.files["model.safetensors"]);
    assert.deepEqual(weights.shapeOf("classifier.weight"), [7, 8]);
    await assert.rejects(
      runStage(train, join(folder, "uneven"), {
        ...base,
        checkpoint,
        head: "sliced",
        sliceWidth: 3,
      }, { tokens: [tokens], dev: [] }),
      /slices must cut the encoder's width evenly: got 3 and 8/,
    );
  }));
