/**
 * The engine that a job asks for, with its evaluation graph.
 *
 * @module
 */
import { lowerFor } from "../autodiff/lower.ts";
import { UserError } from "../core/errors.ts";
import { headGraphs } from "../models/encoder/head_choice.ts";
import { AdamW } from "./adamw.ts";
import { CpuEngine } from "./cpu_engine.ts";
import type { TrainingEngine } from "./engine.ts";
import { graphStep } from "./graph_step.ts";
import { LoopEngine } from "./loop_engine.ts";
import { frozenBy, withRates } from "./parameter_rates.ts";
import { precisionProblem } from "./precision_of_device.ts";
import { startingWeights } from "../weights/starting_weights.ts";
import type { TrainingJob } from "../train/training_job.ts";
import { WebgpuEngine } from "./webgpu_engine.ts";

/** Batches that a CUDA call takes: fewer, and copies of the state would show. */
const loopBatches = 100;

/**
 * Builds the graphs of a job for its device and loads them, with the weights that it starts from.
 *
 * @returns the engine and `eval_model.onnx`, lowered for the same device
 * @throws {UserError} when the device cannot start, or cannot do what the job asks for
 */
export async function createEngine(
  job: TrainingJob,
  log: (line: string) => void,
): Promise<{ readonly engine: TrainingEngine; readonly evaluationModel: Uint8Array }> {
  const { config, options } = job;
  const { device = "cpu", precision = "float32" } = options;
  const problem = precisionProblem(device, precision);
  if (problem) throw new UserError(problem);
  const graphs = headGraphs(config, job, {
    labelSmoothing: options.labelSmoothing,
    isFrozen: frozenBy(options.frozen),
  });
  const parameters = withRates(graphs.parameters, options);
  const { seed, threads } = options;
  const initial = await startingWeights(job.start, config, graphs.parameters, {
    seed,
    head: job.head,
    log,
  });
  if (device === "cpu") {
    const optimizer = await AdamW.create(parameters, initial, options, graphs.embeddingTables);
    const engine = await CpuEngine.create(graphs, optimizer, options);
    return { engine, evaluationModel: graphs.evaluation };
  }
  const { batch, parameters: weights, logits } = graphs.tensors;
  const step = graphStep(graphs, parameters, initial, { ...options, precision });
  const evaluationModel = lowerFor[device](
    "evaluation",
    [...batch, ...weights.values()],
    { logits },
  );
  const engine = device === "webgpu"
    ? await WebgpuEngine.create(step, { seed, precision })
    : await LoopEngine.create(step, {
      seed,
      precision,
      provider: device,
      stepsPerCall: Math.ceil(loopBatches / options.accumulate),
      threads,
    });
  return { engine, evaluationModel };
}
