import { strict as assert } from "node:assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../core/errors.ts";
import { type EncoderConfig, parseEncoderConfig } from "../models/encoder/config.ts";
import { firstPosition } from "../models/encoder/families.ts";
import { lowerCpu } from "../autodiff/lower_cpu.ts";
import { answerInputs } from "../engine/device.ts";
import { encoderGraph } from "../models/encoder/graph.ts";
import type { Head } from "../models/encoder/heads/head.ts";
import { maskedHead } from "../models/masked/head.ts";
import { initialise } from "../nn/parameters.ts";
import { sequenceHead } from "../models/encoder/heads/sequence.ts";
import { tokenHead } from "../models/encoder/heads/token.ts";
import type { ModelGraph } from "../models/model.ts";
import { type FloatTensor, floatTensor, type HostTensor } from "../onnx/dtype.ts";
import { Session } from "../onnx/session.ts";
import { readConfig, readWeights } from "./published_weights.ts";
import { encodeSafetensors } from "./testdata/encode_safetensors.ts";
import { paddingBias } from "../models/encoder/testdata/padding_bias.ts";

/** Written by scripts/references/hub_checkpoints.py. */
interface Recorded {
  readonly inputIds: readonly (readonly number[])[];
  readonly values: readonly number[];
}

const fixtures = fileURLToPath(new URL("../../tests/fixtures/hub_checkpoints/", import.meta.url));
const { tolerance, checkpoints }: {
  tolerance: number;
  checkpoints: Readonly<Record<string, Recorded>>;
} = JSON.parse(await Deno.readTextFile(join(fixtures, "logits.json")));

async function logitsOf(
  graph: ModelGraph,
  weights: ReadonlyMap<string, FloatTensor>,
  config: EncoderConfig,
  inputIds: Recorded["inputIds"],
  firstTokensOnly: boolean,
): Promise<ArrayLike<number>> {
  const [B, T] = [inputIds.length, inputIds[0].length];
  const ids = inputIds.flat();
  const int64 = (dims: number[], values: number[]): HostTensor => ({
    dtype: "int64",
    dims,
    data: BigInt64Array.from(values, BigInt),
  });
  const positions = ids.flatMap((_, at) => firstTokensOnly && at % T > 0 ? [] : [at]);
  const session = await Session.create(
    lowerCpu("evaluation", answerInputs(graph), graph.answers),
    { threads: 1 },
  );
  const { logits } = await session.run({
    ...Object.fromEntries(weights),
    inputIds: int64([B, T], ids),
    positionIds: int64(
      [B, T],
      ids.map((id, at) =>
        id === config.pad_token_id ? config.pad_token_id : firstPosition(config) + at % T
      ),
    ),
    attentionBias: {
      dtype: "float32",
      dims: [B, 1, T, T],
      data: paddingBias(B, T, (at) => ids[at] === config.pad_token_id),
    },
    labelPositions: int64([positions.length], positions),
  });
  await session.release();
  return logits.data as Float32Array;
}

/** Compares what is not padding: padding has positions of its own in RoBERTa's families alone. */
function assertSame(got: ArrayLike<number>, { inputIds, values }: Recorded, padId: number): void {
  assert.equal(got.length, values.length);
  const ids = inputIds.flat();
  const perRow = values.length / ids.length;
  values.forEach((value, i) => {
    if (Number.isInteger(perRow) && ids[Math.floor(i / perRow)] === padId) return;
    assert.ok(Math.abs(got[i] - value) <= tolerance, `[${i}]: got ${got[i]} and ${value}`);
  });
}

const published = [
  ["xlm_roberta_sharded", (config: EncoderConfig) => maskedHead(config)],
  ["bert_half", (config: EncoderConfig) => tokenHead(config, 3)],
  ["distilbert_bfloat", (config: EncoderConfig): Head => sequenceHead(config, 3)],
] as const;

for (const [name, build] of published) {
  Deno.test(`${name}: a checkpoint that transformers wrote gives the same logits`, async () => {
    const folder = join(fixtures, name);
    const { config } = await readConfig(folder);
    const graph = encoderGraph(config, build(config));
    const { weights, fresh, unused } = await readWeights(folder, config, graph.specs);
    assert.deepEqual([...weights.keys()], graph.specs.map(({ name }) => name));
    assert.deepEqual([fresh, unused], [[], []]);
    const recorded = checkpoints[name];
    const sequences = name === "distilbert_bfloat";
    const logits = await logitsOf(graph, weights, config, recorded.inputIds, sequences);
    assertSame(logits, recorded, config.pad_token_id);
  });
}

Deno.test("an encoder without prefix and with LayerNorm's old names takes a fresh head", async () => {
  const folder = join(fixtures, "bert_encoder");
  const { config } = await readConfig(folder);
  const graph = encoderGraph(config, tokenHead(config, config.hidden_size));
  const { weights, fresh, unused } = await readWeights(folder, config, graph.specs, {
    freshHead: { seed: 3 },
  });
  assert.deepEqual(fresh, ["classifier.weight", "classifier.bias"]);
  assert.deepEqual(unused.toSorted(), ["pooler.dense.bias", "pooler.dense.weight"]);
  const started = initialise(graph.specs, 3).get("classifier.weight");
  assert.deepEqual(weights.get("classifier.weight")?.data, started);
  // A head that changes nothing shows the hidden states.
  const D = config.hidden_size;
  const identity = Float32Array.from({ length: D * D }, (_, i) => i % (D + 1) === 0 ? 1 : 0);
  weights.set("classifier.weight", floatTensor([D, D], identity));
  const recorded = checkpoints.bert_encoder;
  const hidden = await logitsOf(graph, weights, config, recorded.inputIds, false);
  assertSame(hidden, recorded, config.pad_token_id);
});

Deno.test("a masked language model's checkpoint leaves its head aside, tied tensors too", async () => {
  const folder = join(fixtures, "xlm_roberta_sharded");
  const { config } = await readConfig(folder);
  const { specs: parameters } = encoderGraph(config, tokenHead(config, 3));
  const { unused } = await readWeights(folder, config, parameters, { freshHead: { seed: 1 } });
  assert.ok(unused.length > 0 && unused.every((name) => name.startsWith("lm_head.")), `${unused}`);
  await assert.rejects(readWeights(folder, config, parameters), (error: Error) => {
    assert.match(error.message, /"classifier.weight" is missing \(the model has it as \[3,6\]\)/);
    assert.match(error.message, /"classifier.bias" is missing/);
    return true;
  });
});

const config = parseEncoderConfig({
  model_type: "bert",
  vocab_size: 5,
  hidden_size: 4,
  num_hidden_layers: 1,
  num_attention_heads: 1,
  intermediate_size: 4,
  max_position_embeddings: 4,
});
const { specs: parameters } = encoderGraph(config, tokenHead(config, 2));

function tensorsOf(): Map<string, FloatTensor> {
  const values = initialise(parameters, 1);
  return new Map(
    parameters.map(({ name, shape }) => [name, floatTensor(shape, values.get(name)!)]),
  );
}

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function problemsOf(
  folder: string,
  freshHead?: { seed: number },
): Promise<readonly string[]> {
  try {
    await readWeights(folder, config, parameters, { freshHead });
  } catch (error) {
    if (error instanceof UserError) {
      return error.problems.map(({ message, hint }) =>
        `${message}${hint ? `\n${hint}` : ""}`.replaceAll(folder, "FOLDER")
      );
    }
    throw error;
  }
  return [];
}

Deno.test("missing, unexpected and mis-shaped tensors are named one by one", () =>
  inFolder(async (folder) => {
    const tensors = tensorsOf();
    const layer = "bert.encoder.layer.0.output.dense";
    tensors.delete(`${layer}.bias`);
    tensors.set(`${layer}.weight`, floatTensor([2, 8], new Float32Array(16)));
    tensors.set("bert.encoder.layer.1.x", floatTensor([1], new Float32Array(1)));
    tensors.set("classifier.bias", floatTensor([9], new Float32Array(9)));
    await Deno.writeFile(join(folder, "model.safetensors"), encodeSafetensors(tensors));
    const ofEncoder = [
      `Cannot load FOLDER as tensor "${layer}.weight" is [2,8] there, and [4,4] in the model`,
      `Cannot load FOLDER as tensor "${layer}.bias" is missing (the model has it as [4])`,
    ];
    const unexpected = [
      'Cannot load FOLDER as tensor "bert.encoder.layer.1.x" is unexpected: the model has no such\n' +
      "config.json and the weights must be of one model, and of the head that is wanted",
    ];
    assert.deepEqual(await problemsOf(folder), [
      ...ofEncoder,
      'Cannot load FOLDER as tensor "classifier.bias" is [9] there, and [2] in the model',
      ...unexpected,
    ]);
    assert.deepEqual(await problemsOf(folder, { seed: 1 }), [...ofEncoder, ...unexpected]);
  }));

Deno.test("pickled weights are refused with the remedy", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "pytorch_model.bin"), "");
    assert.deepEqual(await problemsOf(folder), [
      "Cannot load FOLDER/pytorch_model.bin: pickled weights can run code when they are read\n" +
      "convert it once in Python: from transformers import AutoModelForMaskedLM as M; " +
      'M.from_pretrained("FOLDER").save_pretrained("FOLDER")',
    ]);
  }));

Deno.test("a folder without weights or config.json is told so", () =>
  inFolder(async (folder) => {
    assert.deepEqual(await problemsOf(folder), [
      "Cannot load FOLDER as it has no model.safetensors\n" +
      "name a folder with config.json and model.safetensors (or its shards and their index)",
    ]);
    await assert.rejects(readConfig(folder), /Cannot find config\.json in /);
  }));

Deno.test("a config.json that is not the weights' is told by every tensor that does not fit", () =>
  inFolder(async (folder) => {
    await Deno.writeFile(join(folder, "model.safetensors"), encodeSafetensors(tensorsOf()));
    const published = { ...config, vocab_size: 6, num_hidden_layers: 2 };
    await Deno.writeTextFile(join(folder, "config.json"), JSON.stringify(published));
    const other = (await readConfig(folder)).config;
    await assert.rejects(
      readWeights(folder, other, encoderGraph(other, tokenHead(other, 2)).specs),
      ({ message, problems }: UserError) => {
        assert.equal(problems.length, 17);
        assert.match(message, /word_embeddings.weight" is \[5,4\] there, and \[6,4\] in the model/);
        assert.match(message, /layer\.1\.output\.dense\.bias" is missing/);
        assert.match(message, /config\.json and the weights must be of one model/);
        return true;
      },
    );
    await Deno.writeTextFile(join(folder, "config.json"), '{"model_type": "gpt2"}');
    await assert.rejects(readConfig(folder), {
      name: "UserError",
      message: `Cannot use ${folder}/config.json as "model_type" is wrong: ` +
        'must be one of xlm-roberta, roberta, bert, distilbert: got "gpt2"',
    });
  }));

Deno.test("shards that are missing, lack a tensor or lie elsewhere are named", () =>
  inFolder(async (folder) => {
    const index = async (map: unknown) =>
      await Deno.writeTextFile(
        join(folder, "model.safetensors.index.json"),
        JSON.stringify({ weight_map: map }),
      );
    await index({ a: "one.safetensors", b: "two.safetensors", c: "two.safetensors" });
    assert.deepEqual((await problemsOf(folder)).map((text) => text.split("\n")[0]), [
      "Cannot load FOLDER as shard one.safetensors is missing, with 1 tensors",
      "Cannot load FOLDER as shard two.safetensors is missing, with 2 tensors",
    ]);
    await Deno.writeFile(join(folder, "one.safetensors"), encodeSafetensors(tensorsOf()));
    await index({ a: "one.safetensors" });
    assert.deepEqual(await problemsOf(folder), [
      'Cannot load FOLDER as tensor "a" is not in one.safetensors, where ' +
      "model.safetensors.index.json has it",
    ]);
    await index({ a: "../one.safetensors" });
    assert.match((await problemsOf(folder))[0], /must be a file beside it: got "..\/one/);
    await index({});
    assert.match((await problemsOf(folder))[0], /"weight_map" must name the shard/);
    await Deno.writeTextFile(join(folder, "model.safetensors.index.json"), "{");
    assert.match((await problemsOf(folder))[0], /Cannot read FOLDER\/model.safetensors.index.json/);
  }));
