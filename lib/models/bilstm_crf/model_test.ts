import { strict as assert } from "node:assert";
import { CounterRandom } from "../../core/random.ts";
import { isOrphanInside } from "../../core/tags.ts";
import { lowerCpu } from "../../autodiff/lower_cpu.ts";
import { answerInputs } from "../../engine/device.ts";
import { DropoutMasks } from "../../engine/dropout_masks.ts";
import { trainingGraphs } from "../../engine/training_graphs.ts";
import { floatTensor, type HostTensor } from "../../onnx/dtype.ts";
import { Session } from "../../onnx/session.ts";
import { Predictor } from "../../predict/predictor.ts";
import { askWords } from "../../tasks/asking.ts";
import { ByteTokenizer } from "../../tokenizers/byte_tokenizer.ts";
import type { Example } from "../model.ts";
import { askedWords } from "../asked_words.ts";
import { bilstmCrfBatch, bucketOf } from "./batch.ts";
import { type BilstmCrfConfig, pieceEncoders } from "./config.ts";
import { bilstmCrfParameters } from "./graph.ts";
import { bilstmCrfModel } from "./model.ts";

const labels = ["O", "B-PER", "I-PER"];
const config: BilstmCrfConfig = {
  model_type: "bilstm_crf",
  vocab_size: 261,
  piece_size: 5,
  piece_encoder: "lstm",
  piece_hidden_size: 3,
  piece_layers: 2,
  most_pieces: 6,
  word_buckets: 32,
  word_size: 4,
  word_dropout: 0,
  hidden_size: 4,
  layers: 1,
  dropout: 0,
  end_scores: true,
  id2label: { 0: "O", 1: "B-PER", 2: "I-PER" },
};
const tokenizer = new ByteTokenizer();

function example(text: string, ...gold: number[]): Example {
  return askWords(tokenizer, text === "" ? [] : text.split(" "), gold, 1_000_000);
}

const sentences = [
  example("Amina saw Baba Musa", 1, 0, 1, 2),
  example("Musa", 1),
  example("the road to Kano was long and the road was dry", 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0),
  // Labels that are not well formed, as some corpora have them.
  example("saw Kano", 0, 2),
];

/** Weights that are all over the place. */
const weightsOf = (config: BilstmCrfConfig) =>
  new Map(
    bilstmCrfParameters(config).map(({ name, shape }) => {
      const random = new CounterRandom("weights", name);
      const size = shape.reduce((a, b) => a * b, 1);
      return [
        name,
        floatTensor(shape, Float32Array.from({ length: size }, () => random.normal() / 2)),
      ];
    }),
  );

const weights = weightsOf(config);

async function predictor(own = config, values = weights) {
  const graph = bilstmCrfModel.graph(own);
  const evaluation = lowerCpu("evaluation", answerInputs(graph), graph.answers);
  return await Predictor.create(bilstmCrfModel, own, evaluation, values, { threads: 1 });
}

/** The mean losses of batches by the training graph, and the gradients of the last. */
async function losses(batches: readonly (readonly Example[])[], own = config, values = weights) {
  const graphs = trainingGraphs(bilstmCrfModel.graph(own));
  const session = await Session.create(graphs.training, { threads: 1 });
  const found: Record<string, HostTensor>[] = [];
  for (const batch of batches) {
    const { feeds, sizes } = bilstmCrfBatch(own, batch);
    const masks = await new DropoutMasks(1).feeds(graphs.graph.dropout.sites, 0, sizes);
    found.push(await session.run({ ...feeds, ...masks, ...Object.fromEntries(values) }));
  }
  await session.release();
  return { losses: found.map(({ loss }) => Number(loss.data[0])), gradients: found.at(-1)! };
}

Deno.test("the loss of a batch is the mean over its words, whatever else it holds and in any order", async () => {
  const backwards = sentences.toReversed();
  const { losses: [all, reversed, ...single] } = await losses([
    sentences,
    backwards,
    ...sentences.map((each) => [each]),
  ]);
  const words = sentences.map(({ asked }) => asked.length);
  const total = words.reduce((a, b) => a + b, 0);
  const mean = single.reduce((sum, loss, i) => sum + loss * words[i], 0) / total;
  assert.ok(Math.abs(all - mean) < 1e-5 && Math.abs(reversed - mean) < 1e-5, `${all}, ${mean}`);
  single.forEach((loss) => assert.ok(loss > 0 && loss < 20, `loss ${loss}`));
});

/** Shapes that build other graphs. */
const shapes: Readonly<Record<string, Partial<BilstmCrfConfig>>> = {
  ...Object.fromEntries(pieceEncoders.map((piece_encoder) => [piece_encoder, { piece_encoder }])),
  "transitions by state": { state_transitions: true },
};

for (const [name, shape] of Object.entries(shapes)) {
  const own = { ...config, ...shape, dropout: 0.25, word_dropout: 0.25 };
  Deno.test(`${name}: the gradient of a batch is the slope of its loss`, async () => {
    await assertSlope(own, weightsOf(own));
  });
}

/** Compares the gradient along a direction with differences of the loss. */
async function assertSlope(own: BilstmCrfConfig, weights: ReturnType<typeof weightsOf>) {
  const { gradients } = await losses([sentences], own, weights);
  const { rows } = bilstmCrfBatch(own, sentences);
  const random = new CounterRandom("direction");
  let slope = 0;
  const moved = (step: number, along: ReadonlyMap<string, Float32Array>) =>
    new Map([...weights].map(([name, { dims, data }]) => [
      name,
      floatTensor(dims, data.map((value, i) => value + step * along.get(name)![i])),
    ]));
  const along = new Map([...weights].map(([name, { data, dims }]) => {
    const direction = data.map(() => random.normal());
    if (name === "words.weight") {
      const gradient = gradients["grad.rows.0"].data as Float32Array, width = dims[1];
      rows[name].forEach((row, n) => {
        for (let i = 0; i < width; i++) {
          slope += gradient[n * width + i] * direction[Number(row) * width + i];
        }
      });
    } else {
      const gradient = gradients[`grad.${name}`].data as Float32Array;
      direction.forEach((value, i) => slope += value * gradient[i]);
    }
    return [name, direction];
  }));
  const at = async (step: number) => (await losses([sentences], own, moved(step, along))).losses[0];
  const h = 2 ** -8;
  const near = await at(h) - await at(-h), far = await at(2 * h) - await at(-2 * h);
  const numeric = (8 * near - far) / (12 * h);
  assert.ok(Math.abs(slope - numeric) < 2e-3 * Math.abs(numeric), `${slope} and ${numeric}`);
}

Deno.test("transitions by state begin as those of a plain CRF, and are learnt", async () => {
  const own = { ...config, state_transitions: true };
  const moved = weightsOf(own), name = "moves.weight", { dims, data } = moved.get(name)!;
  assert.deepEqual(dims, [9, 8]);
  const still = new Map(moved).set(name, floatTensor(dims, data.map(() => 0)));
  const [plain, begun, other] = await Promise.all([
    losses([sentences]),
    losses([sentences], own, still),
    losses([sentences], own, moved),
  ]);
  assert.ok(Math.abs(plain.losses[0] - begun.losses[0]) < 1e-6);
  assert.notEqual(other.losses[0], begun.losses[0]);
  const gradient = begun.gradients[`grad.${name}`].data as Float32Array;
  assert.ok(gradient.some((each) => Math.abs(each) > 1e-4));
});

for (const own of [config, { ...config, state_transitions: true }]) {
  const how = own.state_transitions ? "transitions by state" : "transitions that are alike";
  Deno.test(`${how}: answers are well formed, the same in any batch, and their losses are marginal`, async () => {
    const model = await predictor(own, weightsOf(own));
    const given = await model.answer(sentences);
    const alone = await Promise.all(sentences.map(async (each) => (await model.answer([each]))[0]));
    const plain = (answers: typeof given) =>
      answers.map((each) => each.map(({ label, loss }) => [label, loss.toFixed(5)]));
    assert.deepEqual(plain(given), plain(alone));
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
    await model.release();
  });
}

Deno.test("what is asked of some words is answered with all of them in sight", async () => {
  const model = await predictor();
  const [whole] = sentences;
  const [all] = await model.answer([whole]);
  const [some] = await model.answer([{
    ...whole,
    asked: [whole.asked[1], whole.asked[3]],
    gold: [0, 2],
  }]);
  assert.deepEqual(some.map(({ label }) => label), [all[1].label, all[3].label]);
  await model.release();
});

for (const piece_encoder of pieceEncoders) {
  Deno.test(`${piece_encoder}: very long words, empty ones and sentences without words or with very many are read`, async () => {
    const own = { ...config, piece_encoder };
    const model = await predictor(own, weightsOf(own));
    const odd = [
      example(`${"ab".repeat(5_000)} x`, 0, 1),
      example("ababab x", 0, 1),
      askWords(tokenizer, ["", "x", ""], [0, 1, 0], 1_000),
      example(""),
      example(
        Array.from({ length: 2_000 }, (_, i) => `w${i % 90}`).join(" "),
        ...Array(2_000).fill(0),
      ),
    ];
    const given = await model.answer(odd);
    assert.deepEqual(given.map(({ length }) => length), [2, 2, 3, 0, 2_000]);
    // A word is read by its first six pieces.
    assert.deepEqual(given[0], given[1]);
    assert.ok(given.flat().every(({ loss }) => Number.isFinite(loss) && loss >= 0));
    await model.release();
  });
}

Deno.test("a batch reads each different word once, and puts sentences one after another", () => {
  const { feeds, sizes, weight, pieces, asked } = bilstmCrfBatch(config, sentences);
  assert.equal(weight, 18);
  assert.deepEqual(asked, [4, 1, 11, 2]);
  assert.equal(pieces, sentences.reduce((sum, { inputIds }) => sum + inputIds.length, 0));
  // Amina saw Baba Musa the road to Kano was long and dry
  assert.equal(sizes.W, 12);
  assert.deepEqual([sizes.T, sizes.B, sizes.S, sizes.N], [11, 2, 4, 10]);
  const holds = feeds.holds.data as Float32Array;
  assert.equal(holds.reduce((a, b) => a + b), 18 - 4);
  assert.deepEqual(askedWords(sentences[1]), { places: [[1, 2, 3, 4]], asked: [0], gold: [1] });
});

Deno.test("every word has a row of the table, and most have one for themselves", () => {
  const rows = new Set<number>();
  for (let i = 0; i < 1_000; i++) {
    const row = bucketOf(tokenizer.encode([`word${i}`], 100).inputIds, 65_536);
    assert.ok(Number.isInteger(row) && row >= 0 && row < 65_536, `${row}`);
    rows.add(row);
  }
  assert.ok(rows.size > 980, `${rows.size}`);
});
