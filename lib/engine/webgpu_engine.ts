/**
 * Training on WebGPU: a step a run, with weights and moments in buffers that stay on the device.
 *
 * @module
 */
import { feedsFor, type Precision } from "../autodiff/lowering.ts";
import { lowerWebgpu } from "../autodiff/lower_webgpu.ts";
import type { Tensor } from "../autodiff/primitive.ts";
import { UserError } from "../core/errors.ts";
import { elementCount, formatDims, type HostTensor } from "../onnx/dtype.ts";
import { DeviceCopies } from "../onnx/device_copies.ts";
import { webgpuHasFloat16 } from "../onnx/probe.ts";
import { type DeviceTensor, Session } from "../onnx/session.ts";
import { type BatchResult, HostState, runBatches, type StepBatch } from "./device_engine.ts";
import { DropoutMasks } from "./dropout_masks.ts";
import type { PlannedStep, StepOutcome, TrainingEngine } from "./engine.ts";
import type { GraphStep } from "./graph_step.ts";

/** The greatest size of one buffer, measured; devices may allow less. */
const largestBufferBytes = 2 ** 30;

/** Steps whose state is fed back without leaving the device. */
export class WebgpuEngine implements TrainingEngine {
  readonly stepsPerCall = 1;
  readonly trainingModel: Uint8Array;
  readonly #step: GraphStep;
  readonly #session: Session;
  readonly #host: HostState;
  readonly #masks: DropoutMasks;
  readonly #copies = new DeviceCopies();
  /** By name; empty where the host's values count. */
  #device = new Map<string, DeviceTensor>();
  #isSynced = true;

  private constructor(step: GraphStep, model: Uint8Array, session: Session, seed: number) {
    this.#step = step;
    this.trainingModel = model;
    this.#session = session;
    this.#host = new HostState(step);
    this.#masks = new DropoutMasks(seed);
  }

  /**
   * Loads the step.
   *
   * @param options.seed names the dropout masks
   * @throws {UserError} when a tensor is too large for a buffer, the adapter lacks the precision, or
   *   WebGPU cannot start
   */
  static async create(
    step: GraphStep,
    options: { readonly seed: number; readonly precision: Precision },
  ): Promise<WebgpuEngine> {
    const { graph: { inputs, gold, dropout }, carried, frozen, scalars, outputs } = step;
    const state = [...carried.map(({ before }) => before), ...frozen.map(({ tensor }) => tensor)];
    checkBufferSizes(state);
    if (options.precision === "float16" && !await webgpuHasFloat16()) {
      throw new UserError({
        message: "Cannot train in float16 on webgpu: this adapter has no 16-bit floats",
        hint: "leave precision out",
      });
    }
    const next = carried.map(({ before, after }) => [`next.${before.name}`, after] as const);
    const model = lowerWebgpu(
      "training",
      [
        ...inputs,
        ...gold,
        ...dropout.masks,
        ...scalars,
        ...state,
      ],
      { ...Object.fromEntries(next), ...outputs },
      { precision: options.precision },
    );
    const onDevice = next.map(([name]) => name);
    const session = await Session.create(model, { provider: "webgpu", onDevice });
    return new WebgpuEngine(step, model, session, options.seed);
  }

  get weights() {
    return this.#host.weights;
  }

  get state() {
    return this.#host.state;
  }

  /** The number of steps is part of the state. */
  resume(_learningRates: readonly number[]): void {
    this.#forgetDevice();
  }

  run(steps: readonly PlannedStep[], first: number): Promise<StepOutcome[]> {
    return runBatches(steps, first, this.#step.accumulate, async (batches) => {
      const results: BatchResult[] = [];
      for (const batch of batches) results.push(await this.#run(batch));
      return results;
    });
  }

  async #run({ batch, draw, feeds }: StepBatch): Promise<BatchResult> {
    const { sizes } = batch;
    const all = feedsFor<HostTensor | DeviceTensor>(this.#session.inputs, {
      ...feeds,
      ...await this.#masks.feeds(this.#step.graph.dropout.sites, draw, sizes),
      ...await this.#stateFeeds(),
    }, sizes);
    const { host, device } = await this.#session.runOnDevice(all);
    for (const { before: { name } } of this.#step.carried) {
      this.#device.get(name)!.release();
      this.#device.set(name, device[`next.${name}`]);
    }
    this.#isSynced = false;
    const value = (name: string) => Number(host[name].data[0]);
    return {
      loss: value("loss"),
      gradientNorm: value("gradientNorm"),
      ...("scale" in host ? { scale: value("scale") } : {}),
    };
  }

  async sync(): Promise<void> {
    if (this.#isSynced) return;
    for (const { before: { name }, isTransient } of this.#step.carried) {
      if (isTransient) continue;
      const { data } = await this.#copies.download(this.#device.get(name)!);
      this.#host.state.get(name)!.data.set(data as Float32Array);
    }
    this.#isSynced = true;
  }

  settle(): Promise<void> {
    return this.sync();
  }

  async release(): Promise<void> {
    this.#forgetDevice();
    await this.#copies.release();
    await this.#session.release();
  }

  async #stateFeeds(): Promise<Record<string, DeviceTensor>> {
    if (this.#device.size === 0) {
      for (const [name, tensor] of Object.entries(this.#host.feeds)) {
        this.#device.set(name, await this.#copies.upload(tensor));
      }
    }
    return Object.fromEntries(this.#device);
  }

  #forgetDevice(): void {
    for (const tensor of this.#device.values()) tensor.release();
    this.#device = new Map();
    this.#isSynced = true;
  }
}

/**
 * Checks that each tensor of a training's state fits a buffer.
 *
 * @param state with dims that are numbers
 * @throws {UserError} for the first that does not
 */
export function checkBufferSizes(state: readonly Tensor[]): void {
  for (const { name, dims } of state) {
    const bytes = 4 * elementCount(dims as readonly number[]);
    if (bytes <= largestBufferBytes) continue;
    throw new UserError({
      message: `Cannot train "${name}" ${formatDims(dims)} on webgpu: a buffer holds ` +
        `${largestBufferBytes / 2 ** 20} MiB, and it has ${Math.ceil(bytes / 2 ** 20)} MiB`,
      hint: "use --device cpu or cuda, or a smaller vocabulary",
    });
  }
}
