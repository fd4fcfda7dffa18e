/**
 * AdamW on an embedding table of which a step touches few rows.
 *
 * A row without gradient moves too, by decay and by its moments. Such moves are not made step by
 * step but when the row is read next, all of them in their order: the weights are those of dense
 * AdamW, at the cost of the rows that batches touch.
 *
 * @module
 */
import type { NamedTensor } from "./safetensors.ts";
import type { WasmMemory } from "./wasm_memory.ts";

/** What one AdamW step is with, for one parameter. */
export interface StepConstants {
  /** Factor of a weight: 1 − rate · weight decay. */
  readonly decay: number;
  readonly beta1: number;
  readonly beta2: number;
  /** rate / (1 − beta1ᵗ) */
  readonly stepSize: number;
  /** √(1 − beta2ᵗ) */
  readonly rootBias2: number;
  readonly eps: number;
}

/** Where a table and its moments lie; two more rows are for a gradient and for zeros. */
export interface TablePlaces {
  readonly memory: WasmMemory;
  readonly rows: number;
  readonly width: number;
  readonly weight: number;
  readonly moment1: number;
  readonly moment2: number;
  readonly gradientRow: number;
  readonly zeroRow: number;
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
  /** The steps so far. */
  readonly #constants: StepConstants[] = [];
  /** Π decay of the first n steps, at n. */
  readonly #decays: number[] = [1];
  /**
   * float32 [rows]: how many steps a row has seen, or that number negated while it has never had a
   * gradient. Belongs to the state of a training.
   */
  readonly seen: NamedTensor;

  constructor(places: TablePlaces) {
    const { memory, weight, rows, width } = places;
    this.#places = places;
    this.#weights = memory.floats(weight, rows * width);
    this.#placeOf = new Int32Array(rows).fill(-1);
    this.seen = { shape: [rows], data: new Float32Array(rows) };
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
    const step = this.#constants.length;
    this.#record(constants);
    this.#touched.forEach((row, place) => {
      gradient.set(this.#sums.subarray(place * width, (place + 1) * width));
      this.#move(row, gradientRow, clip, constants);
      this.seen.data[row] = step + 1;
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
    this.#constants.length = 0;
    this.#decays.length = 1;
    for (const each of constants) this.#record(each);
  }

  #record(constants: StepConstants): void {
    this.#decays.push(this.#decays[this.#constants.length] * constants.decay);
    this.#constants.push(constants);
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
    const now = this.#constants.length, seen = this.seen.data[row];
    if (Math.abs(seen) === now) return;
    if (seen > 0) {
      for (let step = seen; step < now; step++) {
        this.#move(row, this.#places.zeroRow, 1, this.#constants[step]);
      }
      this.seen.data[row] = now;
      return;
    }
    // Without moments there is nothing but decay.
    const factor = this.#decays[now] / this.#decays[-seen];
    const { width } = this.#places;
    if (factor !== 1) {
      const end = (row + 1) * width;
      for (let i = row * width; i < end; i++) this.#weights[i] *= factor;
    }
    this.seen.data[row] = -now;
  }

  #move(row: number, gradient: number, clip: number, constants: StepConstants): void {
    const { memory, weight, moment1, moment2, width } = this.#places;
    const offset = 4 * width * row;
    const { decay, beta1, beta2, stepSize, rootBias2, eps } = constants;
    memory.routines.adamw(
      weight + offset,
      gradient,
      moment1 + offset,
      moment2 + offset,
      width,
      clip,
      decay,
      beta1,
      beta2,
      stepSize,
      rootBias2,
      eps,
    );
  }
}
