/**
 * WebAssembly memories that hold parameters, gradients, moments and masks, with the routines that
 * work on them. ONNX Runtime reads and writes the views directly, so nothing is copied.
 *
 * @module
 */
import { assemble } from "../core/wat.ts";
import { adamwWat } from "./adamw_wat.ts";

const pageBytes = 65536;
const alignment = 64;
/** wasm32 addresses 4 GiB. */
const largestMemory = 65535 * pageBytes;

/** The routines of `adamw_wat.ts`. */
export interface Routines {
  sumSquares(x: number, count: number): number;
  adamw(
    w: number,
    g: number,
    m: number,
    v: number,
    count: number,
    clip: number,
    decay: number,
    b1: number,
    b2: number,
    stepSize: number,
    rootBias2: number,
    eps: number,
  ): void;
  replay(
    w: number,
    m: number,
    v: number,
    count: number,
    steps: number,
    stepCount: number,
    b1: number,
    b2: number,
    eps: number,
  ): void;
  dropMask(out: number, count: number, key0: number, key1: number, threshold: number): void;
}

let compiled: Promise<WebAssembly.Module> | undefined;

/** Bytes that `sizeBytes` takes in a memory, rounded up so that the next block is aligned. */
export function alignedBytes(sizeBytes: number): number {
  return Math.ceil(sizeBytes / alignment) * alignment;
}

/** A memory of fixed size. It never grows, since views would detach. */
export class WasmMemory {
  readonly #memory: WebAssembly.Memory;
  readonly routines: Routines;
  #next = alignment;

  private constructor(memory: WebAssembly.Memory, routines: Routines) {
    this.#memory = memory;
    this.routines = routines;
  }

  /**
   * Reserves a zeroed memory.
   *
   * @throws {RangeError} when more than 4 GiB are asked for
   */
  static async create(sizeBytes: number): Promise<WasmMemory> {
    const total = sizeBytes + 2 * alignment;
    if (total > largestMemory) {
      throw new RangeError(`Cannot reserve ${sizeBytes} bytes: one memory holds 4 GiB`);
    }
    const pages = Math.ceil(total / pageBytes);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    compiled ??= assemble("adamw.wat", adamwWat);
    const instance = await WebAssembly.instantiate(await compiled, { env: { memory } });
    return new WasmMemory(memory, instance.exports as unknown as Routines);
  }

  /** The address of a new block. */
  allocate(sizeBytes: number): number {
    const address = this.#next;
    this.#next += alignedBytes(sizeBytes);
    if (this.#next > this.#memory.buffer.byteLength) {
      throw new RangeError(`Cannot allocate ${sizeBytes} bytes: the memory is full`);
    }
    return address;
  }

  /** A view of floats at an address. */
  floats(address: number, count: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#memory.buffer as ArrayBuffer, address, count);
  }

  /** A view of bytes at an address. */
  bytes(address: number, count: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#memory.buffer as ArrayBuffer, address, count);
  }
}
