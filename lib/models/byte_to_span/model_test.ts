import { strict as assert } from "node:assert";
import { lowerCpu } from "../../autodiff/lower_cpu.ts";
import { CounterRandom } from "../../core/random.ts";
import { spansOf } from "../../core/spans.ts";
import { iob2Tags, isOrphanInside } from "../../core/tags.ts";
import { answerInputs } from "../../engine/device.ts";
import { DropoutMasks } from "../../engine/dropout_masks.ts";
import { trainingGraphs } from "../../engine/training_graphs.ts";
import { floatTensor } from "../../onnx/dtype.ts";
import { Session } from "../../onnx/session.ts";
import { Predictor } from "../../predict/predictor.ts";
import { askWords } from "../../tasks/asking.ts";
import { ByteTokenizer } from "../../tokenizers/byte_tokenizer.ts";
import type { Example } from "../model.ts";
import type { ByteToSpanConfig } from "./config.ts";
import { byteToSpanParameters, symbolsOf } from "./graph.ts";
import { byteToSpanBatch, byteToSpanModel } from "./model.ts";

const labels = iob2Tags(["PER", "LOC"]);
const config: ByteToSpanConfig = {
  model_type: "byte_to_span",
  vocab_size: 261,
  piece_size: 5,
  hidden_size: 4,
  layers: 2,
  window: 12,
  overlap: 6,
  train_stride: 4,
  most_spans: 3,
  byte_dropout: 0.25,
  dropout: 0.25,
  id2label: Object.fromEntries(labels.map((label, i) => [i, label])),
};
const tokenizer = new ByteTokenizer();

function example(words: readonly string[], ...gold: number[]): Example {
  return askWords(tokenizer, words, gold, 1_000_000);
}

const sentences = [
  example(["Ọmọ", "saw", "Baba", "Musa", "in", "Kano"], 1, 0, 1, 2, 0, 3),
  example(["Musa"], 1),
  example([]),
  example(["", "x"], 0, 0),
];
const draw = { seed: 1, epoch: 0, places: sentences.map((_, i) => i) };

const weights = new Map(
  byteToSpanParameters(config).map(({ name, shape }) => {
    const random = new CounterRandom("weights", name);
    const size = shape.reduce((a, b) => a * b, 1);
    return [name, floatTensor(shape, Float32Array.from({ length: size }, () => random.normal()))];
  }),
);

async function predictor() {
  const graph = byteToSpanModel.graph(config);
  const evaluation = lowerCpu("evaluation", answerInputs(graph), graph.answers);
  return await Predictor.create(byteToSpanModel, config, evaluation, weights, { threads: 1 });
}

Deno.test("windows that are learnt begin at a byte that an epoch draws, and are asked for whole spans", () => {
  const symbols = symbolsOf(config);
  const starts = new Set<string>();
  for (let epoch = 0; epoch < 20; epoch++) {
    const { feeds, sizes, weight } = byteToSpanBatch(config, [sentences[0]], {
      ...draw,
      epoch,
      places: [0],
    });
    const gold = Array.from(feeds.goldSymbols.data as BigInt64Array, Number);
    assert.equal(weight, gold.length);
    assert.equal(gold.filter((symbol) => symbol === symbols.stop).length, sizes.trainW);
    starts.add(gold.join());
    const again = byteToSpanBatch(config, [sentences[0]], { ...draw, epoch, places: [0] });
    assert.deepEqual(again.feeds, feeds);
  }
  assert.ok(starts.size > 1 && starts.size <= 4, `${starts.size}`);
});

/** Logits in which each window says given symbols. */
function logitsOf(said: readonly (readonly number[])[]) {
  const { count } = symbolsOf(config), N = 3 * config.most_spans + 1, W = said.length;
  const values = new Float32Array(N * W * count);
  said.forEach((symbols, w) =>
    symbols.forEach((symbol, n) => values[(n * W + w) * count + symbol] = 50)
  );
  return { logits: floatTensor([N, W, count], values) };
}

Deno.test("what windows say of right spans is the right tags; where they cross, the first is kept", () => {
  const [sentence] = sentences, symbols = symbolsOf(config);
  const batch = byteToSpanBatch(config, [sentence], { ...draw, places: [0] });
  const tags = (said: readonly (readonly number[])[]) =>
    byteToSpanModel.answers(config, logitsOf(said), batch)[0].map(({ label }) => labels[label]);
  // "Ọmọ saw Baba Musa in Kano": 7, 3, 4, 4, 2 and 4 bytes, in windows from 0, 6, 12 and 18.
  assert.equal(batch.sizes.windowW, 4);
  const right = [
    symbols.of([{ start: 0, end: 7, type: 0 }]),
    symbols.of([]),
    symbols.of([{ start: 0, end: 9, type: 0 }]),
    symbols.of([{ start: 7, end: 11, type: 1 }]),
  ];
  assert.deepEqual(tags(right), ["B-PER", "O", "B-PER", "I-PER", "O", "B-LOC"]);
  const crossing = [
    right[0],
    symbols.of([{ start: 6, end: 12, type: 1 }]),
    right[2],
    right[3],
  ];
  // "Baba M" begins no later than "Baba Musa", and is said first.
  assert.deepEqual(tags(crossing), ["B-PER", "O", "B-LOC", "O", "O", "B-LOC"]);
});

Deno.test("whatever windows say, tags are well formed, and probabilities sum to 1", () => {
  const random = new CounterRandom("noise");
  const batch = byteToSpanBatch(config, sentences, draw);
  const { window, stop } = symbolsOf(config);
  let spans = 0;
  for (let i = 0; i < 300; i++) {
    const pick = (n: number) => Math.floor(n * random.uniform());
    const said = Array.from(
      { length: batch.sizes.windowW },
      () =>
        Array.from(
          { length: 10 },
          (_, n) =>
            random.uniform() < 0.1
              ? pick(stop + 1)
              : [pick(window), window + pick(window), 2 * window + pick(2)][n % 3],
        ),
    );
    const answers = byteToSpanModel.answers(config, logitsOf(said), batch);
    assert.deepEqual(answers.map(({ length }) => length), [6, 1, 0, 2]);
    for (const each of answers) {
      const tags = each.map(({ label }) => labels[label]);
      spans += spansOf(tags).length;
      each.forEach(({ logProbabilities, loss, gold }, word) => {
        assert.ok(!isOrphanInside(tags[word], tags[word - 1]));
        const sum = logProbabilities!.reduce((sum, x) => sum + Math.exp(x), 0);
        assert.ok(Math.abs(sum - 1) < 1e-9 && loss === -logProbabilities![gold]);
      });
    }
  }
  assert.ok(spans > 100, `${spans}`);
});

Deno.test("answers are the same in any batch; windows may cut characters; long words are read", async () => {
  const model = await predictor();
  const odd = [
    ...sentences,
    example(["ጤና".repeat(9), "x".repeat(10_000)], 0, 1),
    example(Array.from({ length: 2_000 }, (_, i) => `w${i % 90}`), ...Array(2_000).fill(0)),
  ];
  const given = await model.answer(odd);
  assert.deepEqual(given.map(({ length }) => length), [6, 1, 0, 2, 2, 2_000]);
  const alone = await Promise.all(sentences.map(async (each) => (await model.answer([each]))[0]));
  const plain = (answers: typeof given) =>
    answers.map((each) => each.map(({ label, loss }) => [label, loss.toFixed(3)]));
  assert.deepEqual(plain(given.slice(0, 4)), plain(alone));
  assert.ok(given.flat().every(({ loss }) => Number.isFinite(loss) && loss >= 0));
  await model.release();
});

Deno.test("a greedy step reads the likeliest symbol of the step before", async () => {
  // Said again with the training graph's decoder, which is given what was said.
  const graph = byteToSpanModel.graph({ ...config, byte_dropout: 0, dropout: 0 });
  const session = await Session.create(
    lowerCpu("evaluation", answerInputs(graph), graph.answers),
    { threads: 1 },
  );
  const training = trainingGraphs(graph);
  const losses = await Session.create(training.training, { threads: 1 });
  const { feeds } = byteToSpanBatch(config, [sentences[0]], { ...draw, places: [0] });
  const read = new Set(session.inputs.map(({ name }) => name));
  const { logits } = await session.run({
    ...Object.fromEntries(Object.entries(feeds).filter(([name]) => read.has(name))),
    ...Object.fromEntries(weights),
  });
  const [N, W, V] = logits.dims as number[], { go } = symbolsOf(config);
  const values = logits.data as Float32Array;
  const row = (n: number, w: number) => values.subarray((n * W + w) * V, (n * W + w + 1) * V);
  const said = (n: number, w: number) => row(n, w).indexOf(Math.max(...row(n, w)));
  let expected = 0;
  const ids = new BigInt64Array(N * W), gold = new BigInt64Array(N * W);
  for (let n = 0; n < N; n++) {
    for (let w = 0; w < W; w++) {
      ids[n * W + w] = BigInt(n === 0 ? go : said(n - 1, w));
      gold[n * W + w] = BigInt(said(n, w));
      const scores = row(n, w), most = Math.max(...scores);
      expected += Math.log(scores.reduce((sum, x) => sum + Math.exp(x - most), 0)) / (N * W);
    }
  }
  const int64 = (dims: number[], data: BigInt64Array) => ({ dtype: "int64", dims, data }) as const;
  const found = await losses.run({
    ...feeds,
    trainIds: feeds.windowIds,
    trainGoesOn: feeds.windowGoesOn,
    saidIds: int64([N, W], ids),
    saidGoesOn: floatTensor([N, W, 1], new Float32Array(N * W).fill(1)),
    saidAt: int64([N * W], BigInt64Array.from(ids, (_, i) => BigInt(i))),
    goldSymbols: int64([N * W], gold),
    ...Object.fromEntries(weights),
  });
  const loss = Number(found.loss.data[0]);
  assert.ok(Math.abs(loss - expected) < 1e-4, `${loss} and ${expected}`);
  await Promise.all([session.release(), losses.release()]);
});

Deno.test("the gradient of a batch is the slope of its loss, with dropout", async () => {
  const graphs = trainingGraphs(byteToSpanModel.graph(config));
  const session = await Session.create(graphs.training, { threads: 1 });
  const { feeds, sizes } = byteToSpanBatch(config, sentences, draw);
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
