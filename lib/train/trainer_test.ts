import { strict as assert } from "node:assert";
import { fileURLToPath } from "node:url";
import { generateSample, type SampleSentence } from "../corpora/sample.ts";
import { scoreSpans } from "../metrics/spans.ts";
import { parseEncoderConfig } from "../models/encoder/config.ts";
import { inputIdScheme } from "../models/encoder/families.ts";
import { packSentences } from "../text/batching.ts";
import { ByteTokenizer } from "../tokenizers/byte_tokenizer.ts";
import { encodeTagged } from "../text/encode.ts";
import { iob2Labels } from "../text/labels.ts";
import { readTokenizerSource } from "../tokenizers/tokenizer_source.ts";
import { decode } from "../predict/decode.ts";
import { trainInWorker } from "./in_worker.ts";
import { encodeSafetensors } from "../weights/safetensors.ts";
import { Tagger } from "../predict/tagger.ts";
import type { StepRecord } from "./step_record.ts";
import { trainEncoder } from "./trainer.ts";
import type { TaggingJob, TrainingJob } from "./training_job.ts";
import { wordTags } from "../predict/word_tags.ts";

const labels = iob2Labels(["PER", "ORG", "LOC"]);
const tokenizer = new ByteTokenizer();
const grammar = await Deno.readTextFile(new URL("../../data/sample/eng.yaml", import.meta.url));
const sentences = generateSample(grammar, "eng").train;

function encode(part: readonly SampleSentence[]) {
  return packSentences(part.map((words) => encodeTagged(tokenizer, words, labels, 256)));
}

function jobOf(
  part: readonly SampleSentence[],
  width: number,
  options: Partial<TrainingJob["options"]>,
): TaggingJob {
  return {
    config: parseEncoderConfig({
      model_type: "xlm-roberta",
      vocab_size: tokenizer.vocabSize,
      hidden_size: width,
      num_hidden_layers: 2,
      num_attention_heads: 8,
      intermediate_size: 4 * width,
      max_position_embeddings: 258,
      hidden_dropout_prob: 0.1,
      attention_probs_dropout_prob: 0.1,
    }),
    start: { kind: "random", initialisation: "offsetHeads" },
    head: "token",
    labels,
    tokenizer: "bytes",
    labelledPieces: "first",
    maxTokens: 256,
    train: part.map((words) => ({ ...words, group: "eng" })),
    validation: encode([]),
    options: {
      seed: 1,
      epochs: 1,
      batchSize: 16,
      accumulate: 1,
      schedule: "linear",
      learningRate: 2e-3,
      warmupShare: 0.1,
      layerDecay: 1,
      frozen: [],
      weightDecay: 0.05,
      beta1: 0.9,
      beta2: 0.98,
      eps: 1e-8,
      clipNorm: 1,
      threads: 1,
      recombineNames: 0,
      maxSteps: 0,
      evaluateEvery: 1,
      evaluateUnit: "epochs",
      select: "last",
      patience: 0,
      labelSmoothing: 0,
      ...options,
    },
  };
}

Deno.test("it can learn: at least 99 F1 on 200 of its own training sentences", async () => {
  const own = sentences.slice(0, 200);
  const job = jobOf(own, 96, { epochs: 24, batchSize: 8, learningRate: 3e-3 });
  const { weights, evaluationModel } = await trainEncoder(job);
  const tagger = await Tagger.create(evaluationModel, weights, {
    ...inputIdScheme(job.config),
    threads: 1,
  });
  const words = await tagger.classify(encode(own));
  await tagger.release();
  const { micro } = scoreSpans(
    own.map((sentence) => sentence.tags),
    words.map((sentence, i) =>
      wordTags(
        decode(sentence.map((word) => word.logProbabilities), labels, "iob2"),
        own[i].tokens.length,
        labels,
      )
    ),
  );
  assert.ok(micro.f1 >= 0.99, `F1 ${micro.f1}`);
  for (const { logProbabilities } of words.flat()) {
    const total = logProbabilities.reduce((sum, value) => sum + Math.exp(value), 0);
    assert.ok(Math.abs(total - 1) < 1e-5);
  }
});

Deno.test("same job, same bytes: weights and history, here and in a Worker", async () => {
  const part = sentences.slice(0, 48);
  const job: TrainingJob = {
    ...jobOf(part, 32, { epochs: 2, recombineNames: 0.5 }),
    validation: encode(part),
  };
  const here = await trainEncoder(job);
  const seen: StepRecord[] = [];
  const there = await trainInWorker(job, {
    signal: new AbortController().signal,
    onStep: (record) => seen.push(record),
  });
  assert.deepEqual(encodeSafetensors(there.weights), encodeSafetensors(here.weights));
  assert.deepEqual(there.history, here.history);
  assert.deepEqual(seen, here.history);
  assert.equal(here.history.length, 6);
  assert.deepEqual(
    here.history.map((record) => record.dev === null),
    [true, true, false, true, true, false],
  );
  const other = await trainEncoder({ ...job, options: { ...job.options, seed: 2 } });
  assert.notDeepEqual(encodeSafetensors(other.weights), encodeSafetensors(here.weights));
});

Deno.test("maxSteps ends a run early, with the schedule at its end and the last step scored", async () => {
  const part = sentences.slice(0, 48);
  const { history } = await trainEncoder({
    ...jobOf(part, 32, { epochs: 9, maxSteps: 5, evaluateEvery: 9 }),
    validation: encode(part),
  });
  assert.deepEqual(history.map(({ step, epoch }) => [step, epoch]), [
    [1, 1],
    [2, 1],
    [3, 1],
    [4, 2],
    [5, 2],
  ]);
  assert.deepEqual(history.map(({ dev }) => dev === null), [true, true, true, true, false]);
  assert.ok(history[4].learningRate < history[3].learningRate);
});

Deno.test("a diverging run says at which step, with the learning rate and the last finite loss", async () => {
  const job = jobOf(sentences.slice(0, 64), 32, { epochs: 5, learningRate: 1e30, clipNorm: 0 });
  await assert.rejects(
    trainEncoder(job),
    /Cannot go on training: at step \d+ of 20 the loss is .*learning rate .*last finite loss/,
  );
});

Deno.test("a training in a Worker ends at once when it is aborted", async () => {
  const abort = new AbortController();
  const training = trainInWorker(jobOf(sentences, 64, { epochs: 100 }), {
    signal: abort.signal,
    onStep: ({ step }) => step === 2 && abort.abort(new Error("enough")),
  });
  await assert.rejects(training, /enough/);
});

Deno.test("no sentences, and a failure inside the Worker, are reported", async () => {
  await assert.rejects(
    trainInWorker(jobOf([], 32, {}), { signal: new AbortController().signal, onStep: () => {} }),
    /Cannot train on no sentences/,
  );
});

Deno.test("the Worker rebuilds a tokenizer.json, and refuses an embedding that is too small", async () => {
  const folder = fileURLToPath(new URL("../../tests/fixtures/tokenizers", import.meta.url));
  const source = await readTokenizerSource("word_piece.json", folder);
  const small: TaggingJob = {
    ...jobOf(sentences.slice(0, 16), 16, { maxSteps: 1 }),
    tokenizer: source,
    labelledPieces: "all",
  };
  const train = (job: TrainingJob) =>
    trainInWorker(job, { signal: new AbortController().signal, onStep: () => {} });
  await assert.rejects(train(small), /word_piece.json .* got 4000 pieces and 261 rows/);
  const { history: [all] } = await train({
    ...small,
    config: { ...small.config, vocab_size: 4000 },
  });
  // Every piece is labelled but [CLS] and [SEP].
  assert.equal(all.words, all.pieces - 32);
});
