/**
 * Training on CUDA: many steps a run, in an ONNX Loop that keeps weights and moments on the device.
 *
 * @module
 */
import { loopFeeds, lowerLoop } from "../autodiff/loop.ts";
import { input } from "../autodiff/leaves.ts";
import { cudaLowerings } from "../autodiff/lower_cuda.ts";
import type { Precision } from "../autodiff/lowering.ts";
import type { Tensor } from "../autodiff/primitive.ts";
import { squaresKey, squaresMask } from "../autodiff/squares.ts";
import type { HostTensor } from "../onnx/dtype.ts";
import { Session } from "../onnx/session.ts";
import { type BatchResult, HostState, runBatches, type StepBatch } from "./device_engine.ts";
import type { PlannedStep, StepOutcome, TrainingEngine } from "./engine.ts";
import type { GraphStep } from "./graph_step.ts";

/** Choices about a loop. */
export interface LoopOptions {
  /** Names the dropout masks. */
  readonly seed: number;
  readonly precision: Precision;
  /** Where it runs: `cpu` too can run what is lowered for cuda. */
  readonly provider: "cuda" | "cpu";
  readonly stepsPerCall: number;
  readonly threads?: number;
}

/**
 * The binding copies all outputs to the host after each run, so a run makes as many steps as it is
 * given. The graph draws its dropout masks itself.
 */
export class LoopEngine implements TrainingEngine {
  readonly stepsPerCall: number;
  readonly trainingModel: Uint8Array;
  readonly #step: GraphStep;
  readonly #perStep: readonly Tensor[];
  readonly #session: Session;
  readonly #host: HostState;
  readonly #keys: HostTensor;

  private constructor(
    step: GraphStep,
    perStep: readonly Tensor[],
    model: Uint8Array,
    session: Session,
    { stepsPerCall, seed }: LoopOptions,
  ) {
    this.stepsPerCall = stepsPerCall;
    this.trainingModel = model;
    this.#step = step;
    this.#perStep = perStep;
    this.#session = session;
    this.#host = new HostState(step);
    const keys = step.graph.dropout.sites.map(({ name }) => squaresKey("dropout", seed, name));
    this.#keys = { dtype: "uint64", dims: [keys.length], data: BigUint64Array.from(keys) };
  }

  /**
   * Loads the loop.
   *
   * @throws {UserError} when CUDA cannot start
   */
  static async create(step: GraphStep, options: LoopOptions): Promise<LoopEngine> {
    const { graph: { inputs, gold, dropout }, carried, frozen, scalars, outputs } = step;
    const { sites, masks } = dropout;
    const perStep = [...inputs, ...gold, ...scalars];
    const keys = input("dropoutKeys", "uint64", [sites.length]);
    const model = lowerLoop("training", cudaLowerings, {
      carried,
      perStep,
      fixed: [...frozen.map(({ tensor }) => tensor), ...(sites.length > 0 ? [keys] : [])],
      computed: sites.map(({ dims, rate }, site) => ({
        tensor: masks[site],
        make: (context, step) => {
          const key = context.graph.node("Gather", [context.value(keys), context.int64s(site)]);
          return squaresMask(context, key, step, dims, rate);
        },
      })),
      outputs,
    }, { precision: options.precision });
    const { provider, threads } = options;
    const session = await Session.create(model, { provider, threads });
    return new LoopEngine(step, perStep, model, session, options);
  }

  get weights() {
    return this.#host.weights;
  }

  get state() {
    return this.#host.state;
  }

  /** The number of steps is part of the state, which is on the host between runs. */
  resume(_learningRates: readonly number[]): void {}

  run(steps: readonly PlannedStep[], first: number): Promise<StepOutcome[]> {
    return runBatches(steps, first, this.#step.accumulate, (batches) => this.#run(batches));
  }

  async #run(batches: readonly StepBatch[]): Promise<BatchResult[]> {
    const results = await this.#session.run({
      ...this.#host.feeds,
      ...(this.#keys.data.length > 0 ? { dropoutKeys: this.#keys } : {}),
      ...loopFeeds(
        this.#perStep,
        batches.map(({ draw }) => draw),
        batches.map(({ feeds }) => feeds),
        batches.map(({ batch }) => batch.sizes),
      ),
    });
    for (const { before: { name }, isTransient } of this.#step.carried) {
      if (isTransient) continue;
      this.#host.state.get(name)!.data.set(results[`next.${name}`].data as Float32Array);
    }
    const value = (name: string, i: number) => Number(results[name].data[i]);
    return batches.map((_, i) => ({
      loss: value("loss", i),
      gradientNorm: value("gradientNorm", i),
      ...("scale" in results ? { scale: value("scale", i) } : {}),
    }));
  }

  /** The state is on the host between runs. */
  async sync(): Promise<void> {}

  async settle(): Promise<void> {}

  async release(): Promise<void> {
    await this.#session.release();
  }
}
