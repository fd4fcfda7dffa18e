import { strict as assert } from "node:assert";
import { initialise } from "../nn/parameters.ts";
import { tokenClassifierGraphs } from "../models/encoder/token_classifier.ts";
import { noLabel } from "../text/batching.ts";
import { ByteTokenizer } from "../tokenizers/byte_tokenizer.ts";
import { epochSentences } from "./epoch_sentences.ts";
import { tinyJob } from "./testdata/tiny_job.ts";
import { trainEncoder } from "./trainer.ts";
import type { ClassificationJob, LanguageModelJob } from "./training_job.ts";

const tokenizer = new ByteTokenizer();

/** Learns whether a sentence names a place. */
function classificationJob(options: Partial<ClassificationJob["options"]>): ClassificationJob {
  const { labels: _, labelledPieces: __, ...job } = tinyJob(options, { dropout: 0 });
  const labels = ["no place", "place"];
  const train = job.train.map(({ tokens, tags }) => ({
    tokens,
    label: labels[tags.includes("B-LOC") ? 1 : 0],
  }));
  const classified = { ...job, head: "sequence" as const, labels, train };
  return { ...classified, validation: epochSentences(classified, tokenizer, 0) };
}

function languageModelJob(options: Partial<LanguageModelJob["options"]>): LanguageModelJob {
  const { labels: _, labelledPieces: __, ...job } = tinyJob(options, { count: 48, dropout: 0 });
  const masked = { ...job, head: "mlm" as const };
  return { ...masked, validation: epochSentences(masked, tokenizer, 1000) };
}

Deno.test("a sentence's class stands at its first piece alone", () => {
  const job = classificationJob({});
  const { labels, starts } = epochSentences(job, tokenizer, 0);
  job.train.forEach(({ label }, i) => {
    const own = [...labels.subarray(starts[i], starts[i + 1])];
    assert.equal(own[0], job.labels.indexOf(label));
    assert.ok(own.slice(1).every((each) => each === noLabel));
  });
});

Deno.test("masks are drawn anew in every epoch, and the same for equal seeds", () => {
  const job = languageModelJob({});
  const first = epochSentences(job, tokenizer, 0);
  assert.deepEqual(epochSentences(job, tokenizer, 0), first);
  const next = epochSentences(job, tokenizer, 1);
  assert.deepEqual(next.starts, first.starts);
  assert.ok(next.labels.some((label, i) => label !== first.labels[i]));
});

Deno.test("a language model learns: the loss on other masks falls well below that of guessing", async () => {
  const job = languageModelJob({
    epochs: 40,
    batchSize: 8,
    learningRate: 1e-2,
    evaluateEvery: 20,
    recombineNames: 0,
  });
  const { history, weights } = await trainEncoder(job);
  const losses = history.flatMap(({ dev }) => dev ? [dev.loss] : []);
  assert.ok(history[0].loss > 5, `${history[0].loss} at first, where guessing has ln 261 = 5.56`);
  assert.ok(losses.length === 2 && losses[1] < losses[0] && losses[0] < 3.5, `${losses}`);
  assert.ok(weights.has("lm_head.bias") && !weights.has("classifier.bias"));
});

Deno.test("a classifier of sentences learns its own sentences", async () => {
  const job = classificationJob({ epochs: 60, learningRate: 5e-3, schedule: "constant" });
  const { history } = await trainEncoder(job);
  assert.equal(history.at(-1)!.dev!.accuracy, 1);
});

Deno.test("slices train the classifier, or only its bias as the released code", async () => {
  const { head: _, ...rest } = tinyJob({ epochs: 2, recombineNames: 0 });
  const sliced = (width: number, trainClassifier: boolean) =>
    trainEncoder({ ...rest, head: "sliced", slicing: { width, trainClassifier } });
  const whole = await trainEncoder({ ...rest, head: "token" });
  const one = await sliced(16, true), paper = await sliced(4, true), code = await sliced(4, false);
  // One slice is the whole head, but for the order of sums.
  assert.ok(Math.abs(one.history[0].loss - whole.history[0].loss) < 1e-5);
  assert.ok(Math.abs(paper.history[0].loss - whole.history[0].loss) > 1e-5);
  const graphs = tokenClassifierGraphs(rest.config, rest.labels.length);
  const start = initialise(graphs.parameters, rest.options.seed);
  const moved = ({ weights }: typeof whole, name: string) =>
    weights.get(name)!.data.some((value, i) => value !== start.get(name)![i]);
  assert.ok(moved(paper, "classifier.weight") && moved(paper, "classifier.bias"));
  assert.ok(!moved(code, "classifier.weight") && moved(code, "classifier.bias"));
});

Deno.test("smoothed labels are for training: validation is scored by the labels themselves", async () => {
  for (
    const job of [
      tinyJob({}, { dropout: 0 }),
      classificationJob({}),
      languageModelJob({}),
    ]
  ) {
    const first = async (labelSmoothing: number) => {
      const rates = { warmupShare: 0.5, maxSteps: 2, evaluateEvery: 1 };
      const options = { ...job.options, ...rates, evaluateUnit: "steps", labelSmoothing } as const;
      return (await trainEncoder({ ...job, options })).history[0];
    };
    // The first step of a warm-up moves nothing.
    const [plain, smoothed] = [await first(0), await first(0.2)];
    assert.notEqual(smoothed.loss, plain.loss);
    assert.deepEqual(smoothed.dev, plain.dev);
  }
});
