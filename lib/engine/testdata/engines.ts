/**
 * One tiny training on every engine, to be compared.
 *
 * @module
 */
import type { Precision } from "../../autodiff/lowering.ts";
import { plainOptions, tinyJob } from "../../train/testdata/tiny_job.ts";
import { device as cpu } from "../cpu.ts";
import type { EngineRequest } from "../device.ts";
import type { PlannedStep, StepOutcome, TrainingEngine } from "../engine.ts";
import { graphStep } from "../graph_step.ts";
import { LoopEngine } from "../loop_engine.ts";
import { withRates } from "../parameter_rates.ts";
import { device as webgpu } from "../webgpu.ts";

/** Clipping acts, one parameter is frozen, and layers learn at different rates. */
const choices = { clipNorm: 0.5, layerDecay: 0.9, frozen: ["*position_embeddings*"] };

/** An engine of a kind: a Loop runs on the cpu provider. */
export async function engineOf(
  kind: "cpu" | "loop" | "webgpu",
  {
    dropout = 0,
    precision = "float32" as Precision,
    clipNorm = choices.clipNorm,
    accumulate = 1,
  } = {},
): Promise<TrainingEngine> {
  const { model, config, start } = tinyJob({}, { dropout });
  const options = { ...plainOptions, ...choices, clipNorm, accumulate, precision };
  const graph = model.graph(config);
  const parameters = withRates(graph.specs, options);
  const request: EngineRequest = { graph, parameters, initial: start.initial, options };
  if (kind === "cpu") return await cpu.engine(request);
  if (kind === "webgpu") return await webgpu.engine(request);
  return await LoopEngine.create(graphStep(graph, parameters, start.initial, options), {
    seed: 1,
    precision,
    provider: "cpu",
    stepsPerCall: 3,
    threads: 1,
  });
}

/** Steps with batches of unlike size. */
export function plannedSteps(): PlannedStep[] {
  const { model, config, validation } = tinyJob();
  return [[0, 1, 2], [3], [4, 5], [6, 7, 8, 9], [1, 3]].map((places, i) => ({
    batches: [
      model.batch(config, places.map((place) => validation[place]), { seed: 1, epoch: 0, places }),
    ],
    learningRate: 2e-3 / (1 + i),
  }));
}

/** The same step with nothing asked in its first batch, which is its only one. */
export function unasked(step: PlannedStep): PlannedStep {
  const { model, config, validation } = tinyJob();
  const places = [0, 1, 2];
  const examples = places.map((place) => ({ ...validation[place], asked: [], gold: [] }));
  return { ...step, batches: [model.batch(config, examples, { seed: 1, epoch: 0, places })] };
}

/** The outcomes of some steps, in calls of as many as the engine likes. */
export async function runAll(
  engine: TrainingEngine,
  steps: readonly PlannedStep[],
  perCall = engine.stepsPerCall,
): Promise<StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  while (outcomes.length < steps.length) {
    const { length } = outcomes;
    outcomes.push(...await engine.run(steps.slice(length, length + perCall), length));
  }
  await engine.settle();
  return outcomes;
}

/** The greatest difference between the weights of two engines, and the parameter that has it. */
export function weightDifference(a: TrainingEngine, b: TrainingEngine): [number, string] {
  let largest: [number, string] = [0, "none"];
  for (const [name, { data }] of a.weights) {
    const other = b.weights.get(name)!.data;
    data.forEach((value, i) => {
      const difference = Math.abs(value - other[i]);
      if (!(difference <= largest[0])) largest = [difference, name];
    });
  }
  return largest;
}
