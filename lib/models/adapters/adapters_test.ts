import { strict as assert } from "node:assert";
import {
  batchOf,
  graphsOf,
  parametersFor,
  readReference,
  referenceNames,
} from "../../../scripts/references/recorded_encoders.ts";
import { input } from "../../autodiff/leaves.ts";
import { lowerCpu } from "../../autodiff/lower_cpu.ts";
import { CounterRandom } from "../../core/random.ts";
import { trainingGraphs } from "../../engine/training_graphs.ts";
import { activations } from "../../nn/activation.ts";
import { coupling, couplingParameters } from "../../nn/coupling.ts";
import { initialise, type ParameterSpec } from "../../nn/parameters.ts";
import { type FloatTensor, floatTensor } from "../../onnx/dtype.ts";
import { Session } from "../../onnx/session.ts";
import { type EncoderConfig, parseEncoderConfig } from "../encoder/config.ts";
import { type Around, encoderGraph } from "../encoder/graph.ts";
import { tokenHead } from "../encoder/heads/token.ts";
import { encoderParameters } from "../encoder/parameters.ts";
import { maskedHead } from "../masked/head.ts";
import {
  adapterParameters,
  type BottleneckAdapter,
  type NamedAdapter,
  renamed,
  stacked,
} from "./bottleneck.ts";
import { loraModules, loraParametersOf, lowRank } from "./lora.ts";

const plain: BottleneckAdapter = {
  activation: "relu",
  scaling: 1,
  dropout: 0,
  reduction: 4,
  leaveOut: [],
};
const xlmr = { model_type: "xlm-roberta", vocab_size: 250002, max_position_embeddings: 514 };
const base = parseEncoderConfig({
  ...xlmr,
  ...{ hidden_size: 768, num_hidden_layers: 12, num_attention_heads: 12, intermediate_size: 3072 },
});
const small = parseEncoderConfig({
  ...{ model_type: "bert", vocab_size: 250037, max_position_embeddings: 512 },
  ...{ hidden_size: 384, num_hidden_layers: 12, num_attention_heads: 12, intermediate_size: 1536 },
});
const reference = await readReference("xlm_roberta");
const tiny = parseEncoderConfig(reference.config);

/** Random numbers for parameters, far from zero. */
function stirred(specs: readonly ParameterSpec[], ...key: (string | number)[]) {
  return new Map(specs.map(({ name, shape }): [string, FloatTensor] => {
    const random = new CounterRandom("stirred", name, ...key);
    const size = shape.reduce((product, dim) => product * dim, 1);
    return [name, floatTensor(shape, Float32Array.from({ length: size }, () => random.normal()))];
  }));
}

for (const name of referenceNames) {
  Deno.test(`${name}: a hook that changes nothing leaves every graph as it is, byte for byte`, async () => {
    const recorded = await readReference(name);
    const config = parseEncoderConfig(recorded.config);
    const around: Around = {
      parameters: [],
      isFrozen: () => false,
      context: (context) => ({ ...context, after: (_point, rows) => rows }),
    };
    for (const head of [tokenHead(config, recorded.numLabels), maskedHead(config)]) {
      const hooked = encoderGraph(config, head, { around });
      const { training } = graphsOf(config, recorded.numLabels, {
        head: head.name,
        slicing: null,
        tokenTypeIds: null,
      });
      const bytes = trainingGraphs(hooked, { tableGradients: "dense" }).training;
      assert.deepEqual(bytes, training.training);
    }
  });
}

for (const width of [6, 7]) {
  Deno.test(`the inverse of a coupling of width ${width} gives back what went in`, async () => {
    const specs = couplingParameters("c", width, 2);
    const parameters = new Map(
      specs.map(({ name, shape }) => [name, input(name, "float32", shape)]),
    );
    const x = input("x", "float32", ["N", width]);
    const feeds = Object.fromEntries(stirred(specs));
    const random = new CounterRandom("rows");
    const data = Float32Array.from({ length: 5 * width }, () => random.normal());
    for (const activation of activations) {
      const { forward, inverse } = coupling((name) => parameters.get(name)!, "c", activation);
      const y = forward(x);
      const model = lowerCpu("coupling", [x, ...parameters.values()], { y, back: inverse(y) });
      const session = await Session.create(model, { threads: 1 });
      const { y: changed, back } = await session.run({
        x: floatTensor([5, width], data),
        ...feeds,
      });
      await session.release();
      const changedBy = Math.max(
        ...data.map((each, i) => Math.abs(each - Number(changed.data[i]))),
      );
      const offBy = Math.max(...data.map((each, i) => Math.abs(each - Number(back.data[i]))));
      assert.ok(changedBy > 0.1 && offBy < 1e-5, `${activation}: ${changedBy}, ${offBy}`);
    }
  });
}

/** The share of an encoder's weights, without its head, that learns. */
function share(config: EncoderConfig, own: readonly ParameterSpec[]): number {
  const count = (specs: readonly ParameterSpec[]) =>
    specs.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  return count(own) / count(encoderParameters(config));
}

Deno.test("adapters of width 64 and LoRA train under 2 % of an encoder's weights", () => {
  for (const [config, reduction] of [[base, 12], [small, 6]] as const) {
    const bottlenecks = adapterParameters(config, {
      name: "ner",
      adapter: { ...plain, reduction },
    });
    assert.equal(bottlenecks[0].shape[0], 64);
    // 2dk + d + k per layer
    const d = config.hidden_size;
    const counted = bottlenecks.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b), 0);
    assert.equal(counted, 12 * (2 * d * 64 + d + 64));
    assert.ok(share(config, bottlenecks) < 0.02, `${share(config, bottlenecks)}`);
    const lora = loraParametersOf(config, {
      rank: 8,
      alpha: 16,
      stabilised: false,
      targets: ["query", "value"],
    });
    assert.equal(lora.length, 12 * 2 * 2);
    assert.ok(share(config, lora) < 0.02);
  }
});

Deno.test("of an encoder with a new adapter only the adapter and the head learn", () => {
  const language: NamedAdapter = { name: "swa", adapter: { ...plain, coupling: { reduction: 2 } } };
  const task: NamedAdapter = { name: "ner", adapter: plain };
  const learns = (around: Around) =>
    encoderGraph(tiny, tokenHead(tiny, 5), { around }).specs
      .flatMap(({ name, frozen }) => frozen ? [] : [name]);
  const head = ["classifier.weight", "classifier.bias"];
  const own = (named: NamedAdapter) => adapterParameters(tiny, named).map(({ name }) => name);
  assert.deepEqual(learns(stacked(tiny, [language, task], { learning: ["ner"] })), [
    ...head,
    ...own(task),
  ]);
  assert.deepEqual(
    learns(stacked(tiny, [language], { learning: ["swa"], isHeadFrozen: true })),
    own(language),
  );
  const lora = { rank: 2, alpha: 4, stabilised: false, targets: ["query", "intermediate.dense"] };
  assert.deepEqual(learns(lowRank(tiny, lora)), [
    ...head,
    ...loraParametersOf(tiny, lora).map(({ name }) => name),
  ]);
});

Deno.test("a LoRA that has not learned changes nothing", () => {
  const lora = { rank: 2, alpha: 4, stabilised: false, targets: ["value"] };
  const values = initialise(loraParametersOf(tiny, lora), 1);
  for (const [name, numbers] of values) {
    assert.equal(numbers.every((each) => each === 0), name.endsWith("lora_B.weight"), name);
  }
});

Deno.test("50 adapters on one encoder answer through one graph, each as through its own", async () => {
  const check = reference.cases.find(({ head }) => head === "TokenClassification")!;
  const head = tokenHead(tiny, reference.numLabels);
  const { shared } = batchOf(reference, tiny, check);
  const feeds = { ...shared, ...parametersFor(reference, check) };
  const sessionOf = (name: string) => {
    const around = stacked(tiny, [{ name, adapter: plain }], { learning: [] });
    const graph = encoderGraph(tiny, head, { around });
    const inputs = [...graph.inputs, ...graph.parameters.values()];
    return Session.create(lowerCpu("answers", inputs, graph.answers), { threads: 1 });
  };
  const slot = await sessionOf("slot");
  const seen = new Set<string>();
  for (let i = 0; i < 50; i++) {
    const named = { name: `language${i}`, adapter: plain };
    const weights = stirred(adapterParameters(tiny, named), i);
    const fed = Object.fromEntries(renamed(tiny, named, weights, "slot"));
    const { logits } = await slot.run({ ...feeds, ...fed });
    seen.add(logits.data.join());
    if (i % 10 !== 0) continue;
    const own = await sessionOf(named.name);
    const answer = await own.run({ ...feeds, ...Object.fromEntries(weights) });
    await own.release();
    assert.deepEqual(logits.data, answer.logits.data);
  }
  await slot.release();
  assert.equal(seen.size, 50);
});

const coupled: BottleneckAdapter = { ...plain, coupling: { reduction: 2 } };
const refused: [string, () => unknown, string][] = [
  [
    "an adapter that is not in the stack",
    () => stacked(tiny, [{ name: "swa", adapter: plain }], { learning: ["ner"] }),
    'Cannot train the adapter "ner" as it gets no gradient: it is not in the stack: "swa"',
  ],
  [
    "an adapter without layers",
    () =>
      stacked(tiny, [{ name: "ner", adapter: { ...plain, leaveOut: [0, 1] } }], {
        learning: ["ner"],
      }),
    'Cannot train the adapter "ner" as it gets no gradient: it leaves out all 2 layers',
  ],
  [
    "an invertible part that is not the first",
    () =>
      stacked(tiny, [{ name: "swa", adapter: plain }, { name: "ner", adapter: coupled }], {
        learning: ["ner"],
      }),
    'Cannot train the adapter "ner" as it gets no gradient: only the invertible part of the first ' +
    "adapter of a stack is used",
  ],
  [
    "two adapters of one name",
    () =>
      stacked(tiny, [{ name: "a", adapter: plain }, { name: "a", adapter: plain }], {
        learning: [],
      }),
    'Cannot stack adapters as two are called "a"\n  name each adapter of a stack differently',
  ],
  [
    "a LoRA of what is no linear layer",
    () => loraModules(tiny, { targets: ["query", "q_proj"] }),
    'Cannot change the module "q_proj" by LoRA: the encoder has no linear layer of that name\n' +
    "  choose of attention.self.query, attention.self.key, attention.self.value, " +
    "attention.output.dense, intermediate.dense, output.dense",
  ],
];
for (const [what, run, message] of refused) {
  Deno.test(`refused: ${what}`, () => assert.throws(run, { name: "UserError", message }));
}
