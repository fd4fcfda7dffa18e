/**
 * What each device brings to a training: a way to write graphs, and an engine.
 *
 * A stage is given the module of its device alone (`cpu.ts`, `webgpu.ts` or `cuda.ts`), so that
 * another device's engine is no part of its code.
 *
 * @module
 */
import type { Precision } from "../autodiff/lowering.ts";
import type { Tensor } from "../autodiff/primitive.ts";
import type { ModelGraph } from "../models/model.ts";
import type { AdamWOptions, Trainable } from "./adamw.ts";
import type { TrainingEngine } from "./engine.ts";

/** How an engine trains. */
export interface EngineOptions extends AdamWOptions {
  /** Names the dropout masks. */
  readonly seed: number;
  /** Batches whose gradients make one step. */
  readonly accumulate: number;
  /** Processor threads of the runtime. */
  readonly threads: number;
  readonly precision: Precision;
}

/** What an engine is made of. */
export interface EngineRequest {
  readonly graph: ModelGraph;
  /** All parameters of the graph, with their rates. */
  readonly parameters: readonly Trainable[];
  /** Their first values, by name. */
  readonly initial: ReadonlyMap<string, Float32Array>;
  readonly options: EngineOptions;
}

/** A device. */
export interface Device {
  /** `eval_model.onnx`: a graph's answers from its inputs and parameters, for this device. */
  evaluationModel(graph: ModelGraph): Uint8Array<ArrayBuffer>;
  /**
   * Loads a training.
   *
   * @throws {UserError} when the device cannot start, or cannot do what is asked for
   */
  engine(request: EngineRequest): Promise<TrainingEngine>;
}

/** The inputs of a graph's answers. */
export function answerInputs({ inputs, parameters }: ModelGraph): Tensor[] {
  return [...inputs, ...parameters.values()];
}

/**
 * The device that a stage was given.
 *
 * @param module the namespace of `cpu.ts`, `webgpu.ts` or `cuda.ts`
 */
export function deviceOf(module: unknown): Device {
  const { device } = Object(module) as { device?: Device };
  if (device) return device;
  throw new TypeError("Cannot train without a device: the stage's entry must name its modules");
}
