/**
 * Trains an encoder with a head: batches, gradients, AdamW, validation, checkpoints.
 *
 * @module
 */
import { inputIdScheme } from "../models/encoder/families.ts";
import { assembleBatch, epochBatches, noLabel } from "../text/batching.ts";
import { checkVocabulary, createTokenizer } from "../tokenizers/tokenizer_source.ts";
import { type CheckpointOptions, Checkpoints } from "./checkpoints.ts";
import { createEngine } from "../engine/create_engine.ts";
import { callEnd, type PlannedStep } from "../engine/engine.ts";
import { epochSentences } from "./epoch_sentences.ts";
import type { NamedTensor } from "../weights/safetensors.ts";
import { learningRateAt } from "./schedule.ts";
import { bestStep, BestWeights, endsEarly } from "./selection.ts";
import type { StepRecord } from "./step_record.ts";
import { Tagger } from "../predict/tagger.ts";
import { jobDigest, stepsPerEpoch, totalSteps, type TrainingJob } from "./training_job.ts";

/** What goes on around a training; it has no influence on the outcome. */
export interface TrainingRun {
  /** Called after every optimizer step that this run makes. */
  onStep?(record: StepRecord, steps: number): void;
  /** What a person may want to know. */
  log?(line: string): void;
  /** None are written without. */
  readonly checkpoints?: CheckpointOptions;
}

/** The outcome of a training. */
export interface TrainingResult {
  /** The selected ones, by name. */
  readonly weights: Map<string, NamedTensor>;
  /** The step after which the weights were these. */
  readonly selectedStep: number;
  readonly history: StepRecord[];
  readonly trainingModel: Uint8Array;
  readonly evaluationModel: Uint8Array;
}

/**
 * Trains on the labelled pieces of sentences, from the job's start or from the last checkpoint of
 * the same job, and returns the selected weights. Equal jobs give equal bytes on the same type of
 * machine, however often they were killed and taken up again.
 *
 * @throws {Error} when nothing can be selected, when a loss, a gradient or the validation loss is not
 *   finite, with the step and the learning rate, and when a checkpoint cannot be written
 */
export async function trainEncoder(
  job: TrainingJob,
  run: TrainingRun = {},
): Promise<TrainingResult> {
  const { config, options, train } = job;
  const log = run.log ?? (() => {});
  if (train.length === 0) throw new Error("Cannot train on no sentences");
  const hasValidation = job.validation.labels.some((label) => label !== noLabel);
  if (!hasValidation && (options.select !== "last" || options.patience > 0)) {
    const what = options.select !== "last" ? "select weights" : "end early";
    throw new Error(
      `Cannot ${what} by the validation loss as no validation sentence has a label`,
    );
  }
  const tokenizer = createTokenizer(job.tokenizer);
  checkVocabulary(job.tokenizer, tokenizer, config.vocab_size);
  await using held = new AsyncDisposableStack();
  const { engine, evaluationModel } = await createEngine(job, log);
  held.defer(() => engine.release());
  const checkpoints = run.checkpoints &&
    new Checkpoints(run.checkpoints.folder, jobDigest(job));
  const everyMs = 60_000 * (run.checkpoints?.everyMinutes ?? Infinity);
  const best = new BestWeights(engine.weights, options.select);
  const state = new Map([...engine.state, ...best.state]);
  const history = await checkpoints?.resume(state, log) ?? [];
  const moved = history.filter(({ words }) => words > 0);
  engine.resume(moved.map(({ learningRate }) => learningRate));
  const tagger = await Tagger.create(evaluationModel, engine.weights, {
    ...inputIdScheme(config),
    threads: options.threads,
    provider: options.device,
  });
  held.defer(() => tagger.release());
  const steps = totalSteps(train.length, options);
  const epochSteps = stepsPerEpoch(train.length, options);
  const isDone = () => history.length === steps || endsEarly(history, options.patience);
  const rateAt = (step: number) =>
    learningRateAt({ ...options, peak: options.learningRate, totalSteps: steps }, step);
  const isScored = (step: number) =>
    hasValidation &&
    (step + 1 === steps || (options.evaluateUnit === "steps"
      ? (step + 1) % options.evaluateEvery === 0
      : (step + 1) % (epochSteps * options.evaluateEvery) === 0));
  let savedAt = performance.now();
  for (let epoch = Math.floor(history.length / epochSteps); !isDone(); epoch++) {
    const encoded = epochSentences(job, tokenizer, epoch);
    const batches = epochBatches(encoded, { ...options, epoch });
    const planned = (step: number): PlannedStep => {
      const first = (step % epochSteps) * options.accumulate;
      return {
        batches: batches.slice(first, first + options.accumulate)
          .map((sentences) => assembleBatch(encoded, sentences, inputIdScheme(config))),
        learningRate: rateAt(step),
      };
    };
    const epochEnd = Math.min((epoch + 1) * epochSteps, steps);
    while (history.length < epochEnd && !isDone()) {
      const first = history.length;
      const end = callEnd(first, { stepsPerCall: engine.stepsPerCall, epochEnd, isScored });
      const call = Array.from({ length: end - first }, (_, i) => planned(first + i));
      for (const [i, { loss, gradientNorm }] of (await engine.run(call, first)).entries()) {
        const step = first + i, { batches: parts, learningRate } = call[i];
        if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
          const what = `the loss is ${loss} and the gradient norm ${gradientNorm}`;
          const at = { step: step + 1, learningRate };
          throw await divergence(what, at, job, history, checkpoints);
        }
        if (isScored(step)) await engine.settle();
        const record = {
          step: step + 1,
          epoch: epoch + 1,
          loss,
          learningRate,
          gradientNorm,
          words: parts.reduce((sum, { labels }) => sum + labels.length, 0),
          pieces: parts.reduce((sum, { pieces }) => sum + pieces, 0),
          dev: isScored(step) ? await tagger.score(job.validation) : null,
        };
        history.push(record);
        if (record.dev && !Number.isFinite(record.dev.loss)) {
          const what = `the validation loss is ${record.dev.loss}`;
          throw await divergence(what, record, job, history, checkpoints);
        }
        best.keep(history);
        run.onStep?.(record, steps);
      }
      if (checkpoints && performance.now() - savedAt >= everyMs) {
        await engine.sync();
        await checkpoints.save(history, state);
        savedAt = performance.now();
      }
    }
  }
  await engine.settle();
  return {
    weights: best.selected(),
    selectedStep: (options.select !== "last" && bestStep(history) || history.at(-1)!).step,
    history,
    trainingModel: engine.trainingModel,
    evaluationModel,
  };
}

/** Why a training ended before its time, and where its last good state is. */
async function divergence(
  what: string,
  { step, learningRate }: Pick<StepRecord, "step" | "learningRate">,
  { train, options }: TrainingJob,
  history: readonly StepRecord[],
  checkpoints: Checkpoints | undefined,
): Promise<Error> {
  const last = history.at(-1);
  const checkpoint = (await checkpoints?.list())?.at(0);
  return new Error(
    `Cannot go on training: at step ${step} of ${totalSteps(train.length, options)} ${what} ` +
      `(learning rate ${learningRate.toPrecision(3)}, last finite loss ` +
      `${last ? last.loss.toPrecision(4) : "none"}). Lower learningRate or raise warmupShare` +
      (checkpoint
        ? `. The last good checkpoint, of step ${checkpoint.step}, is ${checkpoint.path}`
        : ""),
  );
}
