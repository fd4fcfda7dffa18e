/**
 * AdamW on parameters that live in WebAssembly memory, after the gradients are complete.
 *
 * @module
 */
import { moveBlock, type StepConstants } from "./adamw_step.ts";
import { DeferredRows, stepsBytes } from "./deferred_rows.ts";
import { type FloatTensor, floatTensor } from "../onnx/dtype.ts";
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
  /** Multiplies the learning rate; 0 for a frozen parameter, without update, decay or gradient. */
  readonly rateShare: number;
}

/** A parameter in memory. */
interface Place extends Trainable {
  count: number;
  memory: WasmMemory;
  weight: number;
}

/** One that learns, with a gradient for all of it or for the rows that a step touches. */
interface Slot extends Place {
  moment1: number;
  moment2: number;
  gradient: number | DeferredRows;
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
  /** Views of the weights, by name. Those of tables are up to date after {@linkcode settle}. */
  readonly weights: ReadonlyMap<string, FloatTensor>;
  /** Views of the gradients of the parameters that learn, by name; not those of tables. */
  readonly gradients: ReadonlyMap<string, FloatTensor>;
  /** The tables that learn, by name. */
  readonly tables: ReadonlyMap<string, DeferredRows>;
  /**
   * Views of all that steps change beside their number: the weights by their names, both moments
   * as `moment1.<name>` and `moment2.<name>`, and the steps of a table's rows as `seen.<name>`.
   */
  readonly state: ReadonlyMap<string, FloatTensor>;

  private constructor(places: readonly Place[], slots: readonly Slot[], options: AdamWOptions) {
    this.#slots = slots;
    this.#options = options;
    const view = ({ memory, shape, count }: Place, address: number): FloatTensor =>
      floatTensor(shape, memory.floats(address, count));
    this.weights = new Map(places.map((place) => [place.name, view(place, place.weight)]));
    this.gradients = new Map(
      slots.flatMap((slot) =>
        typeof slot.gradient === "number" ? [[slot.name, view(slot, slot.gradient)]] : []
      ),
    );
    this.tables = new Map(
      slots.flatMap(({ name, gradient }) => typeof gradient === "number" ? [] : [[name, gradient]]),
    );
    this.state = new Map([
      ...this.weights,
      ...slots.map((slot) => [`moment1.${slot.name}`, view(slot, slot.moment1)] as const),
      ...slots.map((slot) => [`moment2.${slot.name}`, view(slot, slot.moment2)] as const),
      ...[...this.tables].map(([name, { seen }]) => [`seen.${name}`, seen] as const),
    ]);
  }

  /**
   * Goes on after some steps, once {@linkcode state} holds what it held then.
   *
   * @param learningRates of these steps
   */
  resume(learningRates: readonly number[]): void {
    this.#steps = learningRates.length;
    for (const slot of this.#slots) {
      if (typeof slot.gradient === "number") continue;
      slot.gradient.resume(learningRates.map((rate, i) => this.#constants(slot, rate, i + 1)));
    }
  }

  /** Brings all weights up to date: to be called before {@linkcode weights} are read. */
  settle(): void {
    for (const table of this.tables.values()) table.settle();
  }

  /**
   * Reserves memory for the parameters and copies their initial values.
   *
   * @param initial one array per parameter, by name
   * @param tables those parameters that are embedding tables [rows, D] with gradients by rows
   * @throws {Error} when a value is missing or of another size
   */
  static async create(
    parameters: readonly Trainable[],
    initial: ReadonlyMap<string, Float32Array>,
    options: AdamWOptions,
    tables: readonly string[] = [],
  ): Promise<AdamW> {
    const sizes = parameters.map(({ shape }) => shape.reduce((a, b) => a * b, 1));
    const isTable = (name: string) => tables.includes(name);
    const gradientBytes = ({ name, shape }: Trainable, i: number) =>
      isTable(name)
        ? alignedBytes(4 * shape[1]) + alignedBytes(stepsBytes)
        : alignedBytes(4 * sizes[i]);
    const bytesOf = (i: number) =>
      parameters[i].rateShare > 0
        ? 3 * alignedBytes(4 * sizes[i]) + gradientBytes(parameters[i], i)
        : alignedBytes(4 * sizes[i]);
    const shards: number[][] = [[]];
    let room = shardBytes;
    parameters.forEach((_, i) => {
      if (bytesOf(i) > room && shards[shards.length - 1].length > 0) {
        shards.push([]);
        room = shardBytes;
      }
      shards[shards.length - 1].push(i);
      room -= bytesOf(i);
    });
    const places: Place[] = [], slots: Slot[] = [];
    for (const shard of shards) {
      const memory = await WasmMemory.create(shard.reduce((sum, i) => sum + bytesOf(i), 0));
      for (const i of shard) {
        const { name, shape, decay, rateShare } = parameters[i];
        const value = initial.get(name);
        if (value?.length !== sizes[i]) {
          throw new Error(
            `Cannot train "${name}" of shape [${shape}]: got ${value?.length ?? "no"} values`,
          );
        }
        const allocate = () => memory.allocate(4 * sizes[i]);
        const weight = allocate();
        const place = { name, shape, decay, rateShare, count: sizes[i], memory, weight };
        memory.floats(weight, sizes[i]).set(value);
        places.push(place);
        if (rateShare === 0) continue;
        const [moment1, moment2] = [allocate(), allocate()];
        const gradient = isTable(name)
          ? deferredRows({ memory, weight, moment1, moment2 }, shape)
          : allocate();
        slots.push({ ...place, gradient, moment1, moment2 });
      }
    }
    return new AdamW(places, slots, options);
  }

  /**
   * One step: clips by the global norm, then updates every weight.
   *
   * @param learningRate of this step, where `rateShare` is 1
   * @returns the global L2 norm of the gradients before clipping
   */
  step(learningRate: number): number {
    const { clipNorm } = this.#options;
    let squares = 0;
    for (const { memory, gradient, count } of this.#slots) {
      squares += typeof gradient === "number"
        ? memory.routines.sumSquares(gradient, roundUp4(count))
        : gradient.sumSquares();
    }
    const norm = Math.sqrt(squares);
    if (!Number.isFinite(norm)) {
      for (const table of this.tables.values()) table.forget();
      return norm;
    }
    this.#steps++;
    // As torch.nn.utils.clip_grad_norm_: min(1, clipNorm / (norm + 1e-6)).
    const clip = clipNorm > 0 ? Math.min(1, clipNorm / (norm + 1e-6)) : 1;
    for (const slot of this.#slots) {
      const constants = this.#constants(slot, learningRate, this.#steps);
      if (typeof slot.gradient !== "number") {
        slot.gradient.step(constants, clip);
        continue;
      }
      moveBlock(slot.memory, { ...slot, gradient: slot.gradient }, constants, clip);
    }
    return norm;
  }

  /** @param t number of the step, from 1 */
  #constants({ rateShare, decay }: Slot, learningRate: number, t: number): StepConstants {
    const { beta1, beta2, eps, weightDecay } = this.#options;
    const rate = rateShare * learningRate;
    return {
      decay: decay ? 1 - rate * weightDecay : 1,
      beta1,
      beta2,
      stepSize: rate / (1 - beta1 ** t),
      rootBias2: Math.sqrt(1 - beta2 ** t),
      eps,
    };
  }
}

function deferredRows(
  places: { memory: WasmMemory; weight: number; moment1: number; moment2: number },
  [rows, width]: readonly number[],
): DeferredRows {
  const { memory } = places;
  const [gradientRow, steps] = [memory.allocate(4 * width), memory.allocate(stepsBytes)];
  return new DeferredRows({ ...places, rows, width, gradientRow, steps });
}

/** `sumSquares` works on four lanes; the places after a block's end hold zeros and stay zero. */
function roundUp4(count: number): number {
  return Math.ceil(count / 4) * 4;
}
