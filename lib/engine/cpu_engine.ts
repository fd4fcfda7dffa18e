/**
 * Training on the processor: gradients by the graph, AdamW in WebAssembly on the same memory.
 *
 * @module
 */
import type { AdamW } from "./adamw.ts";
import { BatchGradients, type GradientOptions } from "./batch_gradients.ts";
import {
  type PlannedStep,
  type StepOutcome,
  type TrainingEngine,
  weightlessStep,
} from "./engine.ts";
import type { TrainingGraphs } from "./training_graphs.ts";

/** One step a call: its state never leaves the host. */
export class CpuEngine implements TrainingEngine {
  readonly stepsPerCall = 1;
  readonly trainingModel: Uint8Array;
  readonly #optimizer: AdamW;
  readonly #gradients: BatchGradients;

  private constructor(trainingModel: Uint8Array, optimizer: AdamW, gradients: BatchGradients) {
    this.trainingModel = trainingModel;
    this.#optimizer = optimizer;
    this.#gradients = gradients;
  }

  /** Loads the training graph. */
  static async create(
    graphs: TrainingGraphs,
    optimizer: AdamW,
    options: GradientOptions & { readonly threads: number },
  ): Promise<CpuEngine> {
    const gradients = await BatchGradients.create(graphs, optimizer, options);
    return new CpuEngine(graphs.training, optimizer, gradients);
  }

  get weights() {
    return this.#optimizer.weights;
  }

  get state() {
    return this.#optimizer.state;
  }

  resume(learningRates: readonly number[]): void {
    this.#optimizer.resume(learningRates);
  }

  async run(steps: readonly PlannedStep[], first: number): Promise<StepOutcome[]> {
    const outcomes: StepOutcome[] = [];
    for (const [index, { batches, learningRate }] of steps.entries()) {
      if (batches.every(({ weight }) => weight === 0)) {
        outcomes.push(weightlessStep);
        continue;
      }
      const loss = await this.#gradients.compute(batches, first + index);
      const gradientNorm = this.#optimizer.step(learningRate);
      outcomes.push({ loss, gradientNorm, skipped: false });
      if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) break;
    }
    return outcomes;
  }

  /** Nothing is anywhere else. */
  async sync(): Promise<void> {}

  settle(): Promise<void> {
    this.#optimizer.settle();
    return Promise.resolve();
  }

  async release(): Promise<void> {
    await this.#gradients.release();
  }
}
