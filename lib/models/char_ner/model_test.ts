import { strict as assert } from "node:assert";
import { lowerCpu } from "../../autodiff/lower_cpu.ts";
import { CounterRandom } from "../../core/random.ts";
import { iob2Tags } from "../../core/tags.ts";
import { answerInputs } from "../../engine/device.ts";
import { DropoutMasks } from "../../engine/dropout_masks.ts";
import { trainingGraphs } from "../../engine/training_graphs.ts";
import { floatTensor } from "../../onnx/dtype.ts";
import { Session } from "../../onnx/session.ts";
import { decode } from "../../predict/decode.ts";
import { Predictor } from "../../predict/predictor.ts";
import { askWords } from "../../tasks/asking.ts";
import { ByteTokenizer } from "../../tokenizers/byte_tokenizer.ts";
import type { Batch, Example } from "../model.ts";
import type { CharNerConfig } from "./config.ts";
import { charNerParameters } from "./graph.ts";
import { charNerBatch, charNerModel } from "./model.ts";
import { typesOf } from "./types.ts";

const labels = iob2Tags(["PER", "LOC"]);
const config: CharNerConfig = {
  model_type: "char_ner",
  vocab_size: 261,
  piece_size: 5,
  hidden_size: 4,
  layers: 2,
  piece_dropout: 0,
  output_dropout: [],
  id2label: Object.fromEntries(labels.map((label, i) => [i, label])),
};
const tokenizer = new ByteTokenizer();

function example(words: readonly string[], ...gold: number[]): Example {
  return askWords(tokenizer, words, gold, 1_000_000);
}

const sentences = [
  example(["Ọmọ", "saw", "Baba", "Musa"], 1, 0, 1, 2),
  example(["Musa"], 1),
  example([]),
  example(["Kano", "Lagos", "x"], 3, 3, 0),
];

const weights = new Map(
  charNerParameters(config).map(({ name, shape }) => {
    const random = new CounterRandom("weights", name);
    const size = shape.reduce((a, b) => a * b, 1);
    return [name, floatTensor(shape, Float32Array.from({ length: size }, () => random.normal()))];
  }),
);

async function predictor() {
  const graph = charNerModel.graph(config);
  const evaluation = lowerCpu("evaluation", answerInputs(graph), graph.answers);
  return await Predictor.create(charNerModel, config, evaluation, weights, { threads: 1 });
}

Deno.test("a word's bytes have its type; a space has one within an entity alone", () => {
  const { names } = typesOf(labels);
  const { feeds, weight } = charNerBatch(config, sentences);
  const types = Array.from(feeds.goldTypes.data as BigInt64Array, (type) => names[Number(type)]);
  const text = (type: string, count: number) => Array<string>(count).fill(type);
  assert.deepEqual(types, [
    ...[...text("PER", 7), "O", ...text("O", 3), "O", ...text("PER", 4), "PER", ...text("PER", 4)],
    ...text("PER", 4),
    // Two entities beside each other: the space between is of neither.
    ...[...text("LOC", 4), "O", ...text("LOC", 5), "O", "O"],
  ]);
  assert.equal(weight, types.length);
});

/** ln p of types, as numbers that a graph might give, and the answers that follow. */
function answersOf(batch: Batch, seed: number) {
  const random = new CounterRandom("scores", seed);
  const width = typesOf(labels).names.length;
  const values = Float32Array.from(
    { length: batch.weight * width },
    () => -3 * random.uniform(),
  );
  const given = charNerModel.answers(
    config,
    { logProbabilities: floatTensor([batch.weight, width], values) },
    batch,
  );
  return { values, given, width };
}

Deno.test("tags are those of the likeliest types that change at spaces alone, of all there are", () => {
  const words = ["ab", "", "c", "ạ"];
  const one = example(words, 0, 0, 0, 0);
  const batch = charNerBatch(config, [one]);
  const { ofLabel, before } = typesOf(labels);
  const lengths = [2, 1, 1, 3];
  for (let seed = 0; seed < 200; seed++) {
    const { values, given: [answers], width } = answersOf(batch, seed);
    /** The score of types of all bytes that follow from tags. */
    const score = (tags: readonly number[]) => {
      let row = 0, sum = 0;
      tags.forEach((tag, word) => {
        if (word > 0) sum += values[row++ * width + before[tag]];
        for (let i = 0; i < lengths[word]; i++) sum += values[row++ * width + ofLabel[tag]];
      });
      return sum;
    };
    const isWellFormed = (tags: readonly number[]) =>
      tags.every((tag, i) =>
        !labels[tag].startsWith("I-") ||
        (i > 0 && labels[tags[i - 1]].slice(2) === labels[tag].slice(2))
      );
    let best: number[] = [], most = -Infinity;
    for (let code = 0; code < labels.length ** words.length; code++) {
      const tags = words.map((_, i) => Math.floor(code / labels.length ** i) % labels.length);
      if (isWellFormed(tags) && score(tags) > most) [best, most] = [tags, score(tags)];
    }
    const decoded = decode(answers.map((each) => each.logProbabilities!), labels, "wellFormed");
    assert.deepEqual(decoded, best, `seed ${seed}`);
  }
});

Deno.test("answers are the same in any batch, and probabilities sum to 1", async () => {
  const model = await predictor();
  const given = await model.answer(sentences);
  const alone = await Promise.all(sentences.map(async (each) => (await model.answer([each]))[0]));
  const plain = (answers: typeof given) =>
    answers.map((each) => each.map(({ label, loss }) => [label, loss.toFixed(4)]));
  assert.deepEqual(plain(given), plain(alone));
  given.forEach((answers, i) => {
    assert.deepEqual(answers.map(({ gold }) => gold), sentences[i].gold);
    for (const { gold, loss, logProbabilities } of answers) {
      const sum = logProbabilities!.reduce((sum, x) => sum + Math.exp(x), 0);
      assert.ok(Math.abs(sum - 1) < 1e-9, `probabilities sum to ${sum}`);
      assert.equal(loss, -logProbabilities![gold]);
    }
  });
  const [some] = await model.answer([{
    ...sentences[0],
    asked: [sentences[0].asked[1], sentences[0].asked[3]],
    gold: [0, 2],
  }]);
  assert.deepEqual(some.map(({ label }) => label), [given[0][1].label, given[0][3].label]);
  await model.release();
});

Deno.test("very long words, empty ones, and sentences with very many words are read", async () => {
  const model = await predictor();
  const given = await model.answer([
    example(["ab".repeat(5_000), "x"], 0, 1),
    example(["", "x", ""], 0, 1, 0),
    example(Array.from({ length: 2_000 }, (_, i) => `w${i % 90}`), ...Array(2_000).fill(0)),
  ]);
  assert.deepEqual(given.map(({ length }) => length), [2, 3, 2_000]);
  assert.ok(given.flat().every(({ loss }) => Number.isFinite(loss) && loss >= 0));
  await model.release();
});

Deno.test("the gradient of a batch is the slope of its loss, with dropout of bytes and outputs", async () => {
  const own = { ...config, piece_dropout: 0.25, output_dropout: [0.5, 0.25] };
  const graphs = trainingGraphs(charNerModel.graph(own));
  const session = await Session.create(graphs.training, { threads: 1 });
  const { feeds, sizes } = charNerBatch(own, sentences);
  const masks = await new DropoutMasks(1).feeds(graphs.graph.dropout.sites, 0, sizes);
  const run = (values: typeof weights) =>
    session.run({ ...feeds, ...masks, ...Object.fromEntries(values) });
  const found = await run(weights);
  const random = new CounterRandom("direction");
  let slope = 0;
  const along = new Map([...weights].map(([name, { data }]) => {
    const direction = data.map(() => random.normal());
    direction.forEach((x, i) => slope += x * Number(found[`grad.${name}`].data[i]));
    return [name, direction];
  }));
  const at = async (step: number) =>
    Number(
      (await run(
        new Map([...weights].map(([name, { dims, data }]) => [
          name,
          floatTensor(dims, data.map((x, i) => x + step * along.get(name)![i])),
        ])),
      )).loss.data[0],
    );
  const h = 2 ** -9;
  const near = await at(h) - await at(-h), far = await at(2 * h) - await at(-2 * h);
  const numeric = (8 * near - far) / (12 * h);
  assert.ok(Math.abs(slope - numeric) < 5e-3 * Math.abs(numeric), `${slope} and ${numeric}`);
  await session.release();
});
