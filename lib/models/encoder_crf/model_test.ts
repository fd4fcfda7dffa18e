import { strict as assert } from "node:assert";
import { lowerCpu } from "../../autodiff/lower_cpu.ts";
import { CounterRandom } from "../../core/random.ts";
import { isOrphanInside } from "../../core/tags.ts";
import { answerInputs } from "../../engine/device.ts";
import { DropoutMasks } from "../../engine/dropout_masks.ts";
import { trainingGraphs } from "../../engine/training_graphs.ts";
import { type FloatTensor, floatTensor } from "../../onnx/dtype.ts";
import { Session } from "../../onnx/session.ts";
import { Predictor } from "../../predict/predictor.ts";
import { askWords } from "../../tasks/asking.ts";
import { ByteTokenizer } from "../../tokenizers/byte_tokenizer.ts";
import { type EncoderConfig, parseEncoderConfig } from "../encoder/config.ts";
import { encoderModel } from "../encoder/model.ts";
import type { Example, Model } from "../model.ts";
import type { EncoderCrfConfig } from "./config.ts";
import { encoderCrfBatch, encoderCrfModel } from "./model.ts";

const labels = ["O", "B-PER", "I-PER"];
const tokenizer = new ByteTokenizer();

function encoderOf(model_type: string, layers = 3): EncoderConfig {
  const sizes = { max_position_embeddings: 70, vocab_size: tokenizer.vocabSize };
  return parseEncoderConfig(
    model_type === "distilbert"
      ? { model_type, ...sizes, dim: 8, n_layers: layers, n_heads: 2, hidden_dim: 12 }
      : {
        model_type,
        ...sizes,
        hidden_size: 8,
        num_hidden_layers: layers,
        num_attention_heads: 2,
        intermediate_size: 12,
        pad_token_id: 1,
      },
  );
}

function configOf(encoder: EncoderConfig, layers: number): EncoderCrfConfig {
  return { encoder, labels, layers, endScores: true };
}

function example(text: string, ...gold: number[]): Example {
  return askWords(tokenizer, text === "" ? [] : text.split(" "), gold, 64);
}

const sentences = [
  example("Amina saw Baba Musa", 1, 0, 1, 2),
  example("Musa", 1),
  example(""),
  example("the road to Kano was long and dry", 0, 0, 0, 1, 0, 0, 0, 0),
  example("saw Kano", 0, 2),
];

/** Weights that are all over the place, the same for the same names and shapes. */
function weightsOf<C>(model: Model<C>, config: C): Map<string, FloatTensor> {
  return new Map(
    model.graph(config).specs.map(({ name, shape }) => {
      const random = new CounterRandom("weights", name);
      const size = shape.reduce((a, b) => a * b, 1);
      return [
        name,
        floatTensor(shape, Float32Array.from({ length: size }, () => random.normal() / 2)),
      ];
    }),
  );
}

/** What the evaluation graph gives for the sentences. */
async function outputsOf<C>(model: Model<C>, config: C, weights: Map<string, FloatTensor>) {
  const graph = model.graph(config);
  const session = await Session.create(
    lowerCpu("evaluation", answerInputs(graph), graph.answers),
    { threads: 1 },
  );
  const draw = { seed: 0, epoch: 0, places: sentences.map((_, i) => i) };
  const { feeds } = model.batch(config, sentences, draw);
  const read = new Set(session.inputs.map(({ name }) => name));
  const found = await session.run({
    ...Object.fromEntries([...weights].filter(([name]) => read.has(name))),
    ...Object.fromEntries(Object.entries(feeds).filter(([name]) => read.has(name))),
  });
  await session.release();
  return found;
}

for (const family of ["bert", "xlm-roberta", "distilbert"]) {
  Deno.test(`${family}: the layers that are read are those of encoders that end with them`, async () => {
    const config = configOf(encoderOf(family), 2), width = config.encoder.hidden_size;
    const weights = weightsOf(encoderCrfModel, config);
    const { emissions } = await outputsOf(encoderCrfModel, config, weights);
    const head = weights.get("classifier.weight")!.data, bias = weights.get("classifier.bias")!;
    const parts = await Promise.all([2, 3].map(async (depth, part) => {
      const choice = { head: "token", labels: labels.length } as const;
      const cut = { encoder: { ...config.encoder, num_hidden_layers: depth }, choice };
      const own = new Map(
        encoderModel.graph(cut).specs.map(({ name }) => [name, weights.get(name)!]),
      );
      const rows = labels.map((_, l) =>
        head.slice((2 * l + part) * width, (2 * l + part + 1) * width)
      );
      own.set(
        "classifier.weight",
        floatTensor([labels.length, width], Float32Array.from(rows.flatMap((row) => [...row]))),
      );
      own.set(
        "classifier.bias",
        floatTensor(bias.dims, Float32Array.from(bias.data, (x) => part === 0 ? 0 : x)),
      );
      return (await outputsOf(encoderModel, cut, own)).logits.data as Float32Array;
    }));
    assert.equal(emissions.dims.join(), "15,3");
    (emissions.data as Float32Array).forEach((value, i) => {
      const sum = parts[0][i] + parts[1][i];
      assert.ok(Math.abs(value - sum) < 2e-5, `emission ${i}: ${value} and ${sum}`);
    });
  });
}

const config = configOf(encoderOf("xlm-roberta", 4), 3);
const weights = weightsOf(encoderCrfModel, config);

/** The mean losses of batches by the training graph, and the gradients of the last. */
async function losses(batches: readonly (readonly Example[])[], values = weights) {
  const graphs = trainingGraphs(encoderCrfModel.graph(config), { tableGradients: "dense" });
  const session = await Session.create(graphs.training, { threads: 1 });
  const found = [];
  for (const batch of batches) {
    const { feeds, sizes } = encoderCrfBatch(config, batch);
    const masks = await new DropoutMasks(1).feeds(graphs.graph.dropout.sites, 0, sizes);
    found.push(await session.run({ ...feeds, ...masks, ...Object.fromEntries(values) }));
  }
  await session.release();
  return { losses: found.map(({ loss }) => Number(loss.data[0])), gradients: found.at(-1)! };
}

Deno.test("the gradient of a batch is the slope of its loss, with dropout", async () => {
  const { gradients } = await losses([sentences]);
  const random = new CounterRandom("direction");
  let slope = 0;
  const along = new Map([...weights].map(([name, { data }]) => {
    const gradient = gradients[`grad.${name}`].data as Float32Array;
    const direction = data.map(() => random.normal());
    direction.forEach((value, i) => slope += value * gradient[i]);
    return [name, direction];
  }));
  const moved = (step: number) =>
    new Map([...weights].map(([name, { dims, data }]) => [
      name,
      floatTensor(dims, data.map((value, i) => value + step * along.get(name)![i])),
    ]));
  const at = async (step: number) => (await losses([sentences], moved(step))).losses[0];
  const h = 2 ** -9;
  const near = await at(h) - await at(-h), far = await at(2 * h) - await at(-2 * h);
  const numeric = (8 * near - far) / (12 * h);
  assert.ok(Math.abs(slope - numeric) < 5e-3 * Math.abs(numeric), `${slope} and ${numeric}`);
});

Deno.test("answers are well formed, the same in any batch, and their losses are marginal", async () => {
  const graph = encoderCrfModel.graph(config);
  const model = await Predictor.create(
    encoderCrfModel,
    config,
    lowerCpu("evaluation", answerInputs(graph), graph.answers),
    weights,
    { threads: 1 },
  );
  const given = await model.answer(sentences);
  const alone = await Promise.all(sentences.map(async (each) => (await model.answer([each]))[0]));
  const plain = (answers: typeof given) =>
    answers.map((each) => each.map(({ label, loss }) => [label, loss.toFixed(4)]));
  assert.deepEqual(plain(given), plain(alone));
  assert.deepEqual(given.map(({ length }) => length), [4, 1, 0, 8, 2]);
  given.forEach((answers, i) => {
    assert.deepEqual(answers.map(({ gold }) => gold), sentences[i].gold);
    answers.forEach(({ label, gold, loss, logProbabilities, isDecoded }, word) => {
      assert.ok(!isOrphanInside(labels[label], labels[answers[word - 1]?.label]));
      assert.equal(isDecoded, true);
      const sum = logProbabilities!.reduce((sum, x) => sum + Math.exp(x), 0);
      assert.ok(Math.abs(sum - 1) < 1e-9, `probabilities sum to ${sum}`);
      assert.equal(loss, -logProbabilities![gold]);
    });
  });
  // What is asked of some words is answered with all of them in sight.
  const [some] = await model.answer([{
    ...sentences[0],
    asked: [sentences[0].asked[1], sentences[0].asked[3]],
    gold: [0, 2],
  }]);
  assert.deepEqual(some.map(({ label }) => label), [given[0][1].label, given[0][3].label]);
  await model.release();
});
