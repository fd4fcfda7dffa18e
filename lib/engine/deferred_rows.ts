/**
 * AdamW on an embedding table of which a step touches few rows.
 *
 * A row without gradient moves too, by decay and by its moments. Such moves are not made step by
 * step but when the row is read next, all of them in their order: the weights are those of dense
 * AdamW, at the cost of the rows that batches touch.
 *
 * @module
 */
import { type FloatTensor, floatTensor } from "../onnx/dtype.ts";
import { moveBlock, type StepConstants } from "./adamw_step.ts";
import type { WasmMemory } from "./wasm_memory.ts";

/** Steps that are made up for in one go. */
const replayedSteps = 256;
/** Numbers of a step that `replay` reads. */
const perStep = 3;
/** Bytes of the block at {@linkcode TablePlaces.steps}. */
export const stepsBytes = 4 * perStep * replayedSteps;

/** Where a table and its moments lie, with room for a gradient and for the numbers of some steps. */
export interface TablePlaces {
  readonly memory: WasmMemory;
  readonly rows: number;
  readonly width: number;
  readonly weight: number;
  readonly moment1: number;
  readonly moment2: number;
  readonly gradientRow: number;
  readonly steps: number;
}

/** An embedding table [rows, D] that learns. */
export class DeferredRows {
  readonly #places: TablePlaces;
  readonly #weights: Float32Array;
  /** Place of a row's gradient in `#sums`, or −1. */
  readonly #placeOf: Int32Array;
  /** The rows that have a gradient now, in the order of their places. */
  #touched: number[] = [];
  #sums = new Float32Array(0);
  /** How many steps there were. */
  #count = 0;
  /** Decay, step size and root of the second bias of each step so far. */
  #steps = new Float32Array(perStep * replayedSteps);
  /** Of the last step; those that don't differ from step to step are read here. */
  #last: StepConstants | undefined;
  /** Π decay of the first n steps, at n. */
  readonly #decays: number[] = [1];
  /**
   * float32 [rows]: how many steps a row has seen, or that number negated while it has never had a
   * gradient. Belongs to the state of a training.
   */
  readonly seen: FloatTensor;

  constructor(places: TablePlaces) {
    const { memory, weight, rows, width } = places;
    this.#places = places;
    this.#weights = memory.floats(weight, rows * width);
    this.#placeOf = new Int32Array(rows).fill(-1);
    this.seen = floatTensor([rows], new Float32Array(rows));
  }

  /** Brings rows up to date: to be called before a batch reads them. */
  refresh(rows: Iterable<number | bigint>): void {
    for (const row of rows) this.#catchUp(Number(row));
  }

  /** Brings all rows up to date: to be called before the table is read as a whole. */
  settle(): void {
    for (let row = 0; row < this.#places.rows; row++) this.#catchUp(row);
  }

  /**
   * Adds to the gradients of rows.
   *
   * @param rows n of them, refreshed before; one may occur several times
   * @param gradients [n, D]
   * @param share multiplies the gradients
   */
  add(rows: BigInt64Array, gradients: Float32Array, share: number): void {
    const { width } = this.#places;
    for (let i = 0; i < rows.length; i++) {
      const to = this.#place(Number(rows[i])) * width, from = i * width;
      for (let d = 0; d < width; d++) this.#sums[to + d] += share * gradients[from + d];
    }
  }

  /** Σ g² over the gradients so far. */
  sumSquares(): number {
    const count = this.#touched.length * this.#places.width;
    let sum = 0;
    for (let i = 0; i < count; i++) sum += this.#sums[i] * this.#sums[i];
    return sum;
  }

  /** One step: moves the rows that have a gradient, and lets go of the gradients. */
  step(constants: StepConstants, clip: number): void {
    const { width, memory, gradientRow } = this.#places;
    const gradient = memory.floats(gradientRow, width);
    this.#record(constants);
    this.#touched.forEach((row, place) => {
      gradient.set(this.#sums.subarray(place * width, (place + 1) * width));
      const block = { ...this.#placesOf(row), gradient: gradientRow, count: width };
      moveBlock(memory, block, constants, clip);
      this.seen.data[row] = this.#count;
    });
    this.forget();
  }

  /** Lets go of the gradients without a step. */
  forget(): void {
    for (const row of this.#touched) this.#placeOf[row] = -1;
    this.#sums.fill(0, 0, this.#touched.length * this.#places.width);
    this.#touched = [];
  }

  /** Takes up a training whose steps were with `constants`, once the state holds what it held. */
  resume(constants: readonly StepConstants[]): void {
    this.#count = 0;
    this.#decays.length = 1;
    for (const each of constants) this.#record(each);
  }

  #record(constants: StepConstants): void {
    const { decay, stepSize, rootBias2 } = constants;
    this.#decays.push(this.#decays[this.#count] * decay);
    const at = perStep * this.#count++;
    if (at === this.#steps.length) {
      const larger = new Float32Array(2 * at);
      larger.set(this.#steps);
      this.#steps = larger;
    }
    this.#steps.set([decay, stepSize, rootBias2], at);
    this.#last = constants;
  }

  #place(row: number): number {
    const known = this.#placeOf[row];
    if (known >= 0) return known;
    const place = this.#touched.push(row) - 1;
    this.#placeOf[row] = place;
    const needed = this.#touched.length * this.#places.width;
    if (needed > this.#sums.length) {
      const larger = new Float32Array(Math.max(needed, 2 * this.#sums.length));
      larger.set(this.#sums);
      this.#sums = larger;
    }
    return place;
  }

  #catchUp(row: number): void {
    const now = this.#count, seen = this.seen.data[row];
    if (Math.abs(seen) === now) return;
    if (seen > 0) {
      this.#replay(row, seen, now);
      this.seen.data[row] = now;
      return;
    }
    // Without moments there is nothing but decay.
    const before = this.#decays[-seen];
    const factor = before === 0 ? 0 : this.#decays[now] / before;
    const { width } = this.#places;
    if (factor !== 1) {
      const end = (row + 1) * width;
      for (let i = row * width; i < end; i++) this.#weights[i] *= factor;
    }
    this.seen.data[row] = -now;
  }

  /** Makes up for the steps `from` … `to − 1`. */
  #replay(row: number, from: number, to: number): void {
    const { memory, width, steps } = this.#places;
    const { beta1, beta2, eps } = this.#last!;
    const { weight, moment1, moment2 } = this.#placesOf(row);
    const numbers = memory.floats(steps, perStep * replayedSteps);
    for (let at = from; at < to; at += replayedSteps) {
      const end = Math.min(to, at + replayedSteps);
      numbers.set(this.#steps.subarray(perStep * at, perStep * end));
      memory.routines.replay(
        weight,
        moment1,
        moment2,
        width,
        steps,
        end - at,
        beta1,
        beta2,
        eps,
      );
    }
  }

  #placesOf(row: number) {
    const { weight, moment1, moment2, width } = this.#places;
    const offset = 4 * width * row;
    return { weight: weight + offset, moment1: moment1 + offset, moment2: moment2 + offset };
  }
}
