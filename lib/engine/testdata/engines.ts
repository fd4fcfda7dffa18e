/**
 * One tiny training on every engine, to be compared.
 *
 * @module
 */
import type { Precision } from "../../autodiff/lowering.ts";
import { tokenClassifierGraphs } from "../../models/encoder/token_classifier.ts";
import { inputIdScheme } from "../../models/encoder/families.ts";
import { initialise } from "../../nn/parameters.ts";
import { assembleBatch } from "../../text/batching.ts";
import { AdamW } from "../adamw.ts";
import { CpuEngine } from "../cpu_engine.ts";
import type { PlannedStep, StepOutcome, TrainingEngine } from "../engine.ts";
import { graphStep } from "../graph_step.ts";
import { LoopEngine } from "../loop_engine.ts";
import { withRates } from "../parameter_rates.ts";
import { WebgpuEngine } from "../webgpu_engine.ts";
import { tinyJob } from "../../train/testdata/tiny_job.ts";

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
  const { config, labels, options } = tinyJob({ ...choices, clipNorm, accumulate }, { dropout });
  const graphs = tokenClassifierGraphs(config, labels.length, { embeddingGradients: "rows" });
  const parameters = withRates(graphs.parameters, options);
  const initial = initialise(graphs.parameters, 1);
  if (kind === "cpu") {
    const optimizer = await AdamW.create(parameters, initial, options, graphs.embeddingTables);
    return await CpuEngine.create(graphs, optimizer, options);
  }
  const step = graphStep(graphs, parameters, initial, { ...options, precision });
  if (kind === "webgpu") return await WebgpuEngine.create(step, { seed: 1, precision });
  return await LoopEngine.create(step, {
    seed: 1,
    precision,
    provider: "cpu",
    stepsPerCall: 3,
    threads: 1,
  });
}

/** Steps with batches of unlike size. */
export function plannedSteps(): PlannedStep[] {
  const { config, validation } = tinyJob();
  return [[0, 1, 2], [3], [4, 5], [6, 7, 8, 9], [1, 3]].map((sentences, i) => ({
    batches: [assembleBatch(validation, sentences, inputIdScheme(config))],
    learningRate: 2e-3 / (1 + i),
  }));
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
