/**
 * AdamW on parameters that live in WebAssembly memory, after the gradients are complete.
 *
 * @module
 */
import type { NamedTensor } from "./safetensors.ts";
import { alignedBytes, WasmMemory } from "./wasm_memory.ts";

/** AdamW's constants (Loshchilov & Hutter 2019). */
export interface AdamWOptions {
  beta1: number;
  beta2: number;
  eps: number;
  /** Decoupled decay, for parameters that decay. */
  weightDecay: number;
  /** Greatest global gradient norm; 0 for no clipping. */
  clipNorm: number;
}

/** A parameter to be trained. */
export interface Trainable {
  readonly name: string;
  readonly shape: readonly number[];
  /** Whether weight decay applies. */
  readonly decay: boolean;
}

interface Slot extends Trainable {
  count: number;
  memory: WasmMemory;
  weight: number;
  gradient: number;
  moment1: number;
  moment2: number;
}

const shardBytes = 2 ** 31;

/**
 * The state of training: weights, gradients and both moments of every parameter. The runtime reads
 * {@linkcode weights} and writes {@linkcode gradients}; {@linkcode step} then moves the weights in
 * place. As it runs after the graph, no operator can read a weight that has already moved.
 */
export class AdamW {
  readonly #slots: readonly Slot[];
  readonly #options: AdamWOptions;
  #steps = 0;
  /** Views of the weights, by name. */
  readonly weights: ReadonlyMap<string, NamedTensor>;
  /** Views of the gradients, by name. */
  readonly gradients: ReadonlyMap<string, NamedTensor>;
  /**
   * Views of all that steps change beside their number: the weights by their names, and both
   * moments as `moment1.<name>` and `moment2.<name>`.
   */
  readonly state: ReadonlyMap<string, NamedTensor>;

  private constructor(slots: readonly Slot[], options: AdamWOptions) {
    this.#slots = slots;
    this.#options = options;
    const views = (pick: (slot: Slot) => number, prefix = "") =>
      new Map(slots.map((slot) => [
        prefix + slot.name,
        { shape: slot.shape, data: slot.memory.floats(pick(slot), slot.count) },
      ]));
    this.weights = views((slot) => slot.weight);
    this.gradients = views((slot) => slot.gradient);
    this.state = new Map([
      ...this.weights,
      ...views((slot) => slot.moment1, "moment1."),
      ...views((slot) => slot.moment2, "moment2."),
    ]);
  }

  /** Goes on after a number of steps, once {@linkcode state} holds what it held then. */
  resume(steps: number): void {
    this.#steps = steps;
  }

  /**
   * Reserves memory for the parameters and copies their initial values.
   *
   * @param initial one array per parameter, by name
   * @throws {Error} when a value is missing or of another size
   */
  static async create(
    parameters: readonly Trainable[],
    initial: ReadonlyMap<string, Float32Array>,
    options: AdamWOptions,
  ): Promise<AdamW> {
    const sizes = parameters.map(({ shape }) => shape.reduce((a, b) => a * b, 1));
    const bytesOf = (count: number) => 4 * alignedBytes(4 * count);
    const shards: number[][] = [[]];
    let room = shardBytes;
    sizes.forEach((count, i) => {
      if (bytesOf(count) > room && shards[shards.length - 1].length > 0) {
        shards.push([]);
        room = shardBytes;
      }
      shards[shards.length - 1].push(i);
      room -= bytesOf(count);
    });
    const slots: Slot[] = [];
    for (const shard of shards) {
      const memory = await WasmMemory.create(shard.reduce((sum, i) => sum + bytesOf(sizes[i]), 0));
      for (const i of shard) {
        const { name, shape, decay } = parameters[i];
        const value = initial.get(name);
        if (value?.length !== sizes[i]) {
          throw new Error(
            `Cannot train "${name}" of shape [${shape}]: got ${value?.length ?? "no"} values`,
          );
        }
        const place = () => memory.allocate(4 * sizes[i]);
        const slot = {
          name,
          shape,
          decay,
          count: sizes[i],
          memory,
          weight: place(),
          gradient: place(),
          moment1: place(),
          moment2: place(),
        };
        memory.floats(slot.weight, slot.count).set(value);
        slots.push(slot);
      }
    }
    return new AdamW(slots, options);
  }

  /**
   * One step: clips by the global norm, then updates every weight.
   *
   * @param learningRate of this step
   * @returns the global L2 norm of the gradients before clipping
   */
  step(learningRate: number): number {
    const { beta1, beta2, eps, weightDecay, clipNorm } = this.#options;
    let squares = 0;
    for (const { memory, gradient, count } of this.#slots) {
      squares += memory.routines.sumSquares(gradient, roundUp4(count));
    }
    const norm = Math.sqrt(squares);
    if (!Number.isFinite(norm)) return norm;
    this.#steps++;
    // As torch.nn.utils.clip_grad_norm_: min(1, clipNorm / (norm + 1e-6)).
    const clip = clipNorm > 0 ? Math.min(1, clipNorm / (norm + 1e-6)) : 1;
    const stepSize = learningRate / (1 - beta1 ** this.#steps);
    const rootBias2 = Math.sqrt(1 - beta2 ** this.#steps);
    for (const slot of this.#slots) {
      const decay = slot.decay ? 1 - learningRate * weightDecay : 1;
      slot.memory.routines.adamw(
        slot.weight,
        slot.gradient,
        slot.moment1,
        slot.moment2,
        roundUp4(slot.count),
        clip,
        decay,
        beta1,
        beta2,
        stepSize,
        rootBias2,
        eps,
      );
    }
    return norm;
  }
}

/** The routines work on four lanes; the places after a block's end hold zeros and stay zero. */
function roundUp4(count: number): number {
  return Math.ceil(count / 4) * 4;
}
