import { strict as assert } from "node:assert";
import { type ClassifierConfig, encoderModel } from "../models/encoder/model.ts";
import { maskedModel } from "../models/masked/model.ts";
import type { Model } from "../models/model.ts";
import { askNothing, askText } from "../tasks/asking.ts";
import { ByteTokenizer } from "../tokenizers/byte_tokenizer.ts";
import {
  labels,
  plainOptions,
  randomStart,
  sentences,
  tinyEncoder,
  tinyJob,
  trainOnCpu,
} from "./testdata/tiny_job.ts";
import type { TrainingJob, TrainingOptions } from "./training_job.ts";

const tokenizer = new ByteTokenizer();

/** Learns whether a sentence names a place. */
function textJob(changes: Partial<TrainingOptions>): TrainingJob<ClassifierConfig> {
  const options = { ...plainOptions, ...changes };
  const config: ClassifierConfig = {
    encoder: tinyEncoder(0),
    choice: { head: "sequence", labels: 2 },
  };
  const examples = sentences.slice(0, 16).map(({ tokens, tags }) =>
    askText(tokenizer, tokens.join(" "), tags.includes("B-LOC") ? 1 : 0, 256)
  );
  return {
    model: encoderModel,
    config,
    start: randomStart(encoderModel, config, options.seed),
    variants: [examples],
    validation: examples,
    options,
  };
}

function maskedJob(changes: Partial<TrainingOptions>) {
  const options = { ...plainOptions, ...changes };
  const config = {
    encoder: tinyEncoder(0),
    vocabSize: tokenizer.vocabSize,
    maskId: tokenizer.maskId,
  };
  const examples = sentences.slice(0, 48).map(({ tokens }) => askNothing(tokenizer, tokens, 256));
  return {
    model: maskedModel,
    config,
    start: randomStart(maskedModel, config, options.seed),
    variants: [examples],
    validation: examples,
    options,
  };
}

Deno.test("masks are drawn anew in every epoch, and the same for equal seeds", () => {
  const { model, config, variants: [examples] } = maskedJob({});
  const drawn = (seed: number, epoch: number) =>
    model.batch(config, examples.slice(0, 4), { seed, epoch, places: [0, 1, 2, 3] }).feeds;
  assert.deepEqual(drawn(1, 0), drawn(1, 0));
  assert.notDeepEqual(drawn(1, 1).labelPositions, drawn(1, 0).labelPositions);
  assert.notDeepEqual(drawn(2, 0).labelPositions, drawn(1, 0).labelPositions);
});

Deno.test("a language model learns: the loss on other masks falls well below that of guessing", async () => {
  const { history, weights } = await trainOnCpu(
    maskedJob({ epochs: 40, batchSize: 8, learningRate: 1e-2, evaluateEvery: 20 }),
  );
  const losses = history.flatMap(({ dev }) => dev ? [dev.loss] : []);
  assert.ok(history[0].loss > 5, `${history[0].loss} at first, where guessing has ln 261 = 5.56`);
  assert.ok(losses.length === 2 && losses[1] < losses[0] && losses[0] < 3.5, `${losses}`);
  assert.ok(weights.has("lm_head.bias") && !weights.has("classifier.bias"));
});

Deno.test("a classifier of sentences learns its own sentences", async () => {
  const { history } = await trainOnCpu(
    textJob({ epochs: 60, learningRate: 5e-3, schedule: "constant" }),
  );
  assert.equal(history.at(-1)!.dev!.accuracy, 1);
});

Deno.test("slices train the classifier, or only its bias as the released code", async () => {
  const plain = tinyJob({ epochs: 2 }, { recombine: 0 });
  const sliced = (width: number, trainClassifier: boolean) => {
    const slicing = { width, trainClassifier };
    const choice = { head: "sliced", labels: labels.length, slicing } as const;
    return trainOnCpu({ ...plain, config: { ...plain.config, choice } });
  };
  const whole = await trainOnCpu(plain);
  const one = await sliced(16, true), paper = await sliced(4, true), code = await sliced(4, false);
  // One slice is the whole head, but for the order of sums.
  assert.ok(Math.abs(one.history[0].loss - whole.history[0].loss) < 1e-5);
  assert.ok(Math.abs(paper.history[0].loss - whole.history[0].loss) > 1e-5);
  const moved = ({ weights }: typeof whole, name: string) =>
    weights.get(name)!.data.some((value, i) => value !== plain.start.initial.get(name)![i]);
  assert.ok(moved(paper, "classifier.weight") && moved(paper, "classifier.bias"));
  assert.ok(!moved(code, "classifier.weight") && moved(code, "classifier.bias"));
});

async function assertSmoothedInTrainingAlone<C>(
  job: TrainingJob<C> & { readonly model: Model<C> },
): Promise<void> {
  const first = async (labelSmoothing: number) => {
    const rates = { warmupShare: 0.5, maxSteps: 2, evaluateEvery: 1 };
    const options = { ...job.options, ...rates, evaluateUnit: "steps", labelSmoothing } as const;
    return (await trainOnCpu({ ...job, options })).history[0];
  };
  // The first step of a warm-up moves nothing.
  const [plain, smoothed] = [await first(0), await first(0.2)];
  assert.notEqual(smoothed.loss, plain.loss);
  assert.deepEqual(smoothed.dev, plain.dev);
}

Deno.test("smoothed labels are for training: validation is scored by the labels themselves", async () => {
  await assertSmoothedInTrainingAlone(tinyJob({}, { dropout: 0 }));
  await assertSmoothedInTrainingAlone(textJob({}));
  await assertSmoothedInTrainingAlone(maskedJob({}));
});
