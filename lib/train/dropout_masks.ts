/**
 * Dropout masks as a function of (seed, step, site): a resumed run draws what it would have drawn.
 *
 * @module
 */
import { hashKey } from "../core/random.ts";
import { WasmMemory } from "./wasm_memory.ts";

/**
 * The rate that a mask of bytes can realise: p rounded to 1/256. Graphs scale by the true keep
 * rate, `1 − quantisedRate(p)`.
 *
 * @throws {RangeError} unless 0 ≤ p < 1
 */
export function quantisedRate(rate: number): number {
  if (!(rate >= 0 && rate < 1)) {
    throw new RangeError(`Cannot drop a share of ${rate}: it must be at least 0 and below 1`);
  }
  return Math.min(255, Math.round(rate * 256)) / 256;
}

/** Draws masks into memory of its own, one block per site, grown as needed. */
export class DropoutMasks {
  readonly #seed: number;
  readonly #blocks = new Map<string, { memory: WasmMemory; address: number; room: number }>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /**
   * The mask of a site at a step: `count` bytes, 1 where the element is kept. The view holds until
   * the next call for the same site.
   *
   * @param rate as {@linkcode quantisedRate} gives it
   */
  async draw(site: string, step: number, count: number, rate: number): Promise<Uint8Array> {
    let block = this.#blocks.get(site);
    if (!block || block.room < count) {
      const room = Math.ceil(count * 1.25 / 64) * 64;
      const memory = await WasmMemory.create(room);
      block = { memory, address: memory.allocate(room), room };
      this.#blocks.set(site, block);
    }
    const [key0, key1] = hashKey("dropout", this.#seed, site, step);
    const { memory, address } = block;
    memory.routines.dropMask(address, Math.ceil(count / 16) * 16, key0, key1, rate * 256);
    return memory.bytes(address, count);
  }
}
