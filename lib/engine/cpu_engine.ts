/**
 * Training on the processor: gradients by the graph, AdamW in WebAssembly on the same memory.
 *
 * @module
 */
import type { TrainingGraphs } from "../models/encoder/training_graphs.ts";
import type { AdamW } from "./adamw.ts";
import { BatchGradients, type GradientOptions } from "./batch_gradients.ts";
import {
  type PlannedStep,
  type StepOutcome,
  type TrainingEngine,
  unlabelledStep,
} from "./engine.ts";

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

  /** Loads the training graph, made with `embeddingGradients: "rows"`. */
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
      if (batches.every(({ labels }) => labels.length === 0)) {
        outcomes.push(unlabelledStep);
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
