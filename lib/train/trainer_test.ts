import { strict as assert } from "node:assert";
import { scoreSpans } from "../metrics/spans.ts";
import { parseEncoderConfig } from "../models/encoder/config.ts";
import { type ClassifierConfig, encoderModel } from "../models/encoder/model.ts";
import { initialiseOffsetHeads } from "../models/encoder/offset_heads.ts";
import { decode } from "../predict/decode.ts";
import { Predictor } from "../predict/predictor.ts";
import { encodeSafetensors } from "../weights/testdata/encode_safetensors.ts";
import type { StepRecord } from "./step_record.ts";
import {
  exampleOf,
  labels,
  plainOptions,
  sentences,
  tinyJob,
  trainOnCpu,
} from "./testdata/tiny_job.ts";
import type { TrainingJob, TrainingOptions } from "./training_job.ts";

function jobOf(
  count: number,
  width: number,
  changes: Partial<TrainingOptions>,
): TrainingJob<ClassifierConfig> {
  const options = { ...plainOptions, batchSize: 16, ...changes };
  const encoder = parseEncoderConfig({
    model_type: "xlm-roberta",
    vocab_size: 261,
    hidden_size: width,
    num_hidden_layers: 2,
    num_attention_heads: 8,
    intermediate_size: 4 * width,
    max_position_embeddings: 258,
    hidden_dropout_prob: 0.1,
    attention_probs_dropout_prob: 0.1,
  });
  const config: ClassifierConfig = { encoder, choice: { head: "token", labels: labels.length } };
  const { specs } = encoderModel.graph(config);
  return {
    model: encoderModel,
    config,
    start: { identity: null, initial: initialiseOffsetHeads(encoder, specs, options.seed) },
    variants: [sentences.slice(0, count).map(exampleOf)],
    validation: [],
    options,
  };
}

Deno.test("it can learn: at least 99 F1 on 200 of its own training sentences", async () => {
  const own = sentences.slice(0, 200);
  const job = jobOf(200, 96, { epochs: 24, batchSize: 8, learningRate: 3e-3 });
  const { weights, evaluationModel } = await trainOnCpu(job);
  const predictor = await Predictor.create(job.model, job.config, evaluationModel, weights, {
    threads: 1,
  });
  const answers = await predictor.answer(own.map(exampleOf));
  const { accuracy } = await predictor.score(own.map(exampleOf));
  await predictor.release();
  const { micro } = scoreSpans(
    own.map((sentence) => sentence.tags),
    answers.map((sentence) =>
      decode(sentence.map((word) => word.logProbabilities!), labels, "wellFormed")
        .map((label) => labels[label])
    ),
  );
  assert.ok(micro.f1 >= 0.99, `F1 ${micro.f1}`);
  const right = answers.flat().filter(({ label, gold }) => label === gold).length;
  assert.equal(accuracy, right / answers.flat().length);
  for (const { logProbabilities, loss, gold } of answers.flat()) {
    const total = logProbabilities!.reduce((sum, value) => sum + Math.exp(value), 0);
    assert.ok(Math.abs(total - 1) < 1e-5);
    assert.ok(Math.abs(loss + logProbabilities![gold]) < 1e-6);
  }
});

Deno.test("same job, same bytes: weights and history, whoever looks on", async () => {
  const own = sentences.slice(0, 48).map(exampleOf);
  const job = { ...jobOf(48, 32, { epochs: 2 }), validation: own };
  const first = await trainOnCpu(job);
  const seen: StepRecord[] = [], evaluated: number[] = [];
  const again = await trainOnCpu(job, {
    onStep: (record) => seen.push(record),
    async onEvaluation({ step }, predictor) {
      evaluated.push(step);
      assert.equal((await predictor.answer(own)).length, 48);
    },
  });
  assert.deepEqual(encodeSafetensors(again.weights), encodeSafetensors(first.weights));
  assert.deepEqual(again.history, first.history);
  assert.deepEqual(seen, first.history);
  assert.deepEqual(evaluated, [3, 6]);
  assert.deepEqual(
    first.history.map((record) => record.dev === null),
    [true, true, false, true, true, false],
  );
  const other = await trainOnCpu({ ...jobOf(48, 32, { epochs: 2, seed: 2 }), validation: own });
  assert.notDeepEqual(encodeSafetensors(other.weights), encodeSafetensors(first.weights));
});

Deno.test("each epoch reads its variant, and starts over after the last", async () => {
  const [a, b] = [jobOf(16, 16, {}), jobOf(32, 16, {})].map(({ variants }) =>
    variants[0].slice(-16)
  );
  const losses = async (variants: TrainingJob<ClassifierConfig>["variants"]) => {
    const rates = { epochs: 3, learningRate: 1e-12, warmupShare: 0 };
    const job = { ...jobOf(16, 16, rates), variants };
    const encoder = {
      ...job.config.encoder,
      hidden_dropout_prob: 0,
      attention_probs_dropout_prob: 0,
    };
    const dry = { ...job, config: { ...job.config, encoder } };
    return (await trainOnCpu(dry)).history.map(({ loss }) => Number(loss.toFixed(4)));
  };
  const [ofA] = await losses([a]), [ofB] = await losses([b]);
  assert.notEqual(ofA, ofB);
  assert.deepEqual(await losses([a, b]), [ofA, ofB, ofA]);
});

Deno.test("maxSteps ends a run early, with the schedule at its end and the last step scored", async () => {
  const { history } = await trainOnCpu({
    ...jobOf(48, 32, { epochs: 9, maxSteps: 5, evaluateEvery: 9 }),
    validation: sentences.slice(0, 48).map(exampleOf),
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
  await assert.rejects(
    trainOnCpu(jobOf(64, 32, { epochs: 5, learningRate: 1e30, clipNorm: 0 })),
    /Cannot go on training: at step \d+ of 20 the loss is .*learning rate .*last finite loss/,
  );
});

Deno.test("an error of who looks on ends the training with its class", async () => {
  class Odd extends Error {}
  await assert.rejects(
    trainOnCpu(tinyJob(), { onEvaluation: () => Promise.reject(new Odd("looked away")) }),
    (error) => error instanceof Odd && error.message === "looked away",
  );
});

Deno.test("no sentences are refused", async () => {
  await assert.rejects(trainOnCpu(jobOf(0, 32, {})), /Cannot train on no sentences/);
});

Deno.test("between steps timers fire", async () => {
  let fired = 0;
  const timer = setInterval(() => fired++, 1);
  const { history } = await trainOnCpu(tinyJob({ epochs: 3 }));
  clearInterval(timer);
  assert.ok(fired >= history.length / 2, `${fired} times in ${history.length} steps`);
});
