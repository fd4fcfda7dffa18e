/**
 * Trains a model: batches, gradients, AdamW, validation, checkpoints.
 *
 * @module
 */
import type { Device } from "../engine/device.ts";
import { callEnd, type PlannedStep } from "../engine/engine.ts";
import { withRates } from "../engine/parameter_rates.ts";
import type { FloatTensor } from "../onnx/dtype.ts";
import type { Provider } from "../onnx/provider.ts";
import { Predictor } from "../predict/predictor.ts";
import { type CheckpointOptions, Checkpoints } from "./checkpoints.ts";
import { epochBatches } from "./epoch_batches.ts";
import { learningRateAt } from "./schedule.ts";
import { bestStep, BestWeights, endsEarly } from "./selection.ts";
import type { StepRecord } from "./step_record.ts";
import { jobDigest, stepsPerEpoch, totalSteps, type TrainingJob } from "./training_job.ts";

/** Where a training runs. */
export interface TrainingDevice {
  readonly name: Provider;
  readonly device: Device;
}

/** What goes on around a training. It decides nothing of the outcome. */
export interface TrainingRun<C> {
  /** Called after every optimizer step that this run makes. */
  onStep?(record: StepRecord, steps: number): void;
  /**
   * Called after every evaluated step, with or without validation examples, and before a checkpoint
   * can hold the step.
   */
  onEvaluation?(
    record: StepRecord,
    predictor: Predictor<C>,
    weights: ReadonlyMap<string, FloatTensor>,
  ): Promise<void>;
  /** Is told what a person may want to know. */
  log?(line: string): void;
  /** Where checkpoints go; without it none is written. */
  readonly checkpoints?: CheckpointOptions;
}

/** The outcome of a training. */
export interface TrainingResult {
  /** The selected weights, by name. */
  readonly weights: ReadonlyMap<string, FloatTensor>;
  /** The step after which the weights were these. */
  readonly selectedStep: number;
  readonly history: readonly StepRecord[];
  readonly trainingModel: Uint8Array;
  readonly evaluationModel: Uint8Array;
}

/**
 * Trains from the job's start or from the last checkpoint of the same job, and returns the selected
 * weights. Equal jobs give equal bytes on the same type of machine, however often one was killed
 * and taken up again.
 *
 * @throws {UserError} when the device cannot start, or cannot do what is asked for
 * @throws {Error} when nothing can be selected, when a checkpoint cannot be written, and when a
 *   loss, a gradient or the validation loss is not finite, with the step and the learning rate
 */
export async function train<C>(
  job: TrainingJob<C>,
  { name, device }: TrainingDevice,
  run: TrainingRun<C> = {},
): Promise<TrainingResult> {
  const { model, config, options, validation, variants } = job;
  const log = run.log ?? (() => {});
  const count = variants[0]?.length ?? 0;
  checkExamples(job);
  const graph = model.graph(config, options);
  await using held = new AsyncDisposableStack();
  const engine = await device.engine({
    graph,
    parameters: withRates(graph.specs, options),
    initial: job.start.initial,
    options,
  });
  held.defer(() => engine.release());
  const evaluationModel = device.evaluationModel(graph);
  const checkpoints = run.checkpoints &&
    new Checkpoints(run.checkpoints.folder, jobDigest(job, name));
  const everyMs = 60_000 * (run.checkpoints?.everyMinutes ?? Infinity);
  const best = new BestWeights(engine.weights, options.select);
  const state = new Map([...engine.state, ...best.state]);
  const history = await checkpoints?.resume(state, log) ?? [];
  const moved = history.filter(({ asked }) => asked > 0);
  engine.resume(moved.map(({ learningRate }) => learningRate));
  let made: Promise<Predictor<C>> | undefined;
  // Short trainings are evaluated once, if ever: a session takes a second to load.
  const predictor = () =>
    made ??= Predictor.create(model, config, evaluationModel, engine.weights, {
      threads: options.threads,
      provider: name,
    });
  held.defer(async () => await (await made?.catch(() => undefined))?.release());
  const steps = totalSteps(count, options);
  const epochSteps = stepsPerEpoch(count, options);
  const isDone = () => history.length === steps || endsEarly(history, options.patience);
  const rateAt = (step: number) =>
    learningRateAt({ ...options, peak: options.learningRate, totalSteps: steps }, step);
  const hasValidation = asksSomething(job);
  const isScored = (step: number) =>
    (hasValidation || run.onEvaluation !== undefined) &&
    (step + 1 === steps || (options.evaluateUnit === "steps"
      ? (step + 1) % options.evaluateEvery === 0
      : (step + 1) % (epochSteps * options.evaluateEvery) === 0));
  let savedAt = performance.now();
  for (let epoch = Math.floor(history.length / epochSteps); !isDone(); epoch++) {
    const examples = variants[epoch % variants.length];
    const batches = epochBatches(examples.map(({ inputIds }) => inputIds.length), {
      ...options,
      epoch,
    });
    const planned = (step: number): PlannedStep => {
      const first = (step % epochSteps) * options.accumulate;
      return {
        batches: batches.slice(first, first + options.accumulate).map((places) =>
          model.batch(config, places.map((place) => examples[place]), {
            seed: options.seed,
            epoch,
            places,
          })
        ),
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
          throw await divergence(
            what,
            { step: step + 1, learningRate },
            steps,
            history,
            checkpoints,
          );
        }
        if (isScored(step)) await engine.settle();
        const record: StepRecord = {
          step: step + 1,
          epoch: epoch + 1,
          loss,
          learningRate,
          gradientNorm,
          asked: parts.reduce((sum, { weight }) => sum + weight, 0),
          pieces: parts.reduce((sum, { pieces }) => sum + pieces, 0),
          dev: isScored(step) && hasValidation ? await (await predictor()).score(validation) : null,
          isEvaluated: isScored(step),
        };
        history.push(record);
        if (record.dev && !Number.isFinite(record.dev.loss)) {
          const what = `the validation loss is ${record.dev.loss}`;
          throw await divergence(what, record, steps, history, checkpoints);
        }
        best.keep(history);
        if (isScored(step)) await run.onEvaluation?.(record, await predictor(), engine.weights);
        run.onStep?.(record, steps);
      }
      if (checkpoints && performance.now() - savedAt >= everyMs) {
        await engine.sync();
        await checkpoints.save(history, state);
        savedAt = performance.now();
      }
      await breathe();
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

/** Lets messages be sent and timers fire between calls of the runtime, which blocks the thread. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function checkExamples<C>(job: TrainingJob<C>): void {
  const { variants, options } = job;
  if ((variants[0]?.length ?? 0) === 0) throw new Error("Cannot train on no sentences");
  if (asksSomething(job)) return;
  if (options.select === "last" && options.patience === 0) return;
  const what = options.select !== "last" ? "select weights" : "end early";
  throw new Error(`Cannot ${what} by the validation loss as no validation sentence has a label`);
}

/** Whether anything is asked in the validation examples. */
function asksSomething<C>({ model, config, validation }: TrainingJob<C>): boolean {
  return validation.some((example, place) =>
    model.batch(config, [example], { seed: 0, epoch: 0, places: [place] }).weight > 0
  );
}

/** Why a training ended before its time, and where its last good state is. */
async function divergence(
  what: string,
  { step, learningRate }: Pick<StepRecord, "step" | "learningRate">,
  steps: number,
  history: readonly StepRecord[],
  checkpoints: Checkpoints | undefined,
): Promise<Error> {
  const last = history.at(-1);
  const checkpoint = (await checkpoints?.list())?.at(0);
  return new Error(
    `Cannot go on training: at step ${step} of ${steps} ${what} ` +
      `(learning rate ${learningRate.toPrecision(3)}, last finite loss ` +
      `${last ? last.loss.toPrecision(4) : "none"}). Lower learningRate or raise warmupShare` +
      (checkpoint
        ? `. The last good checkpoint, of step ${checkpoint.step}, is ${checkpoint.path}`
        : ""),
  );
}
