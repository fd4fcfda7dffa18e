/**
 * Trains a token classifier: batches, gradients, AdamW, validation, checkpoints.
 *
 * @module
 */
import {
  assembleBatch,
  type EncodedSentences,
  epochBatches,
  packSentences,
  sentenceCount,
} from "../text/batching.ts";
import { encodeTagged } from "../text/encode.ts";
import { recombineNames } from "../text/recombine.ts";
import type { WordTokenizer } from "../text/tokenizer.ts";
import { checkVocabulary, createTokenizer } from "../text/tokenizer_source.ts";
import { type CheckpointOptions, Checkpoints } from "./checkpoints.ts";
import { createEngine } from "./create_engine.ts";
import { callEnd, type PlannedStep } from "./engine.ts";
import type { NamedTensor } from "./safetensors.ts";
import { learningRateAt } from "./schedule.ts";
import { bestStep, BestWeights, endsEarly } from "./selection.ts";
import type { DevScore, StepRecord } from "./step_record.ts";
import { type ClassifiedWord, Tagger } from "./tagger.ts";
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
 * Trains from random weights, or from the last checkpoint of the same job, and returns the
 * selected weights. Equal jobs give equal bytes on the same type of machine, however often they were killed
 * and taken up again.
 *
 * @throws {Error} when nothing can be selected, when the loss or a gradient is not finite, with the step and the learning rate,
 *   and when a checkpoint cannot be written
 */
export async function trainTokenClassifier(
  job: TrainingJob,
  run: TrainingRun = {},
): Promise<TrainingResult> {
  const { config, options, train } = job;
  if (train.length === 0) throw new Error("Cannot train on no sentences");
  const hasValidation = sentenceCount(job.validation) > 0;
  if (!hasValidation && (options.select === "dev" || options.patience > 0)) {
    const what = options.select === "dev" ? "select weights" : "end early";
    throw new Error(
      `Cannot ${what} by the validation loss as there are no validation sentences`,
    );
  }
  const tokenizer = createTokenizer(job.tokenizer);
  checkVocabulary(job.tokenizer, tokenizer, config.vocab_size);
  const { engine, evaluationModel } = await createEngine(job);
  const checkpoints = run.checkpoints &&
    new Checkpoints(run.checkpoints.folder, jobDigest(job));
  const everyMs = 60_000 * (run.checkpoints?.everyMinutes ?? Infinity);
  const best = new BestWeights(engine.weights, options.select);
  const state = new Map([...engine.state, ...best.state]);
  const history = await checkpoints?.resume(state, run.log ?? (() => {})) ?? [];
  engine.resume(history.map(({ learningRate }) => learningRate));
  const tagger = await Tagger.create(evaluationModel, engine.weights, {
    padId: config.pad_token_id,
    threads: options.threads,
    provider: options.device,
  });
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
  try {
    let savedAt = performance.now();
    for (let epoch = Math.floor(history.length / epochSteps); !isDone(); epoch++) {
      const encoded = encodeEpoch(job, tokenizer, epoch);
      const batches = epochBatches(encoded, { ...options, epoch });
      const planned = (step: number): PlannedStep => {
        const first = (step % epochSteps) * options.accumulate;
        return {
          batches: batches.slice(first, first + options.accumulate)
            .map((sentences) => assembleBatch(encoded, sentences, config.pad_token_id)),
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
            throw new Error(
              divergence({ step: step + 1, loss, gradientNorm, learningRate }, steps, history) +
                await lastCheckpoint(checkpoints),
            );
          }
          if (isScored(step)) await engine.sync();
          const record = {
            step: step + 1,
            epoch: epoch + 1,
            loss,
            learningRate,
            gradientNorm,
            words: parts.reduce((sum, { labels }) => sum + labels.length, 0),
            pieces: pieceCount(encoded, parts.flatMap(({ sentences }) => sentences)),
            dev: isScored(step) ? await devScore(tagger, job.validation) : null,
          };
          history.push(record);
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
    await engine.sync();
  } finally {
    await engine.release();
    await tagger.release();
  }
  return {
    weights: best.selected(),
    selectedStep: (options.select === "dev" && bestStep(history) || history.at(-1)!).step,
    history,
    trainingModel: engine.trainingModel,
    evaluationModel,
  };
}

/** The training sentences as an epoch sees them. */
function encodeEpoch(
  { train, labels, labelledPieces, maxTokens, options }: TrainingJob,
  tokenizer: WordTokenizer,
  epoch: number,
): EncodedSentences {
  const words = options.recombineNames > 0
    ? recombineNames(train, options.recombineNames, options.seed, epoch)
    : train;
  return packSentences(
    words.map((each) => encodeTagged(tokenizer, each, labels, maxTokens, labelledPieces)),
  );
}

function pieceCount({ starts }: EncodedSentences, sentences: readonly number[]): number {
  return sentences.reduce((sum, i) => sum + starts[i + 1] - starts[i], 0);
}

async function devScore(tagger: Tagger, validation: EncodedSentences): Promise<DevScore> {
  const words = (await tagger.classify(validation)).flat();
  const sum = (of: (word: ClassifiedWord) => number) => words.reduce((s, word) => s + of(word), 0);
  return {
    loss: sum(({ logProbabilities, gold }) => -logProbabilities[gold]) / words.length,
    accuracy:
      sum(({ logProbabilities, gold }) =>
        logProbabilities[gold] === Math.max(...logProbabilities) ? 1 : 0
      ) / words.length,
  };
}

function divergence(
  { step, loss, gradientNorm, learningRate }: Pick<
    StepRecord,
    "step" | "loss" | "gradientNorm" | "learningRate"
  >,
  steps: number,
  history: readonly StepRecord[],
): string {
  const last = history.at(-1);
  return `Cannot go on training: at step ${step} of ${steps} the loss is ${loss} and the ` +
    `gradient norm ${gradientNorm} (learning rate ${learningRate.toPrecision(3)}, last finite ` +
    `loss ${last ? last.loss.toPrecision(4) : "none"}). Lower learningRate or raise warmupShare`;
}

/** Where the last good state is, as the end of a message. */
async function lastCheckpoint(checkpoints: Checkpoints | undefined): Promise<string> {
  const last = (await checkpoints?.list())?.at(0);
  return last ? `. The last good checkpoint, of step ${last.step}, is ${last.path}` : "";
}
