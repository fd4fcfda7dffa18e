/**
 * Dropout masks as a function of (seed, step, site): a resumed run draws what it would have drawn.
 *
 * @module
 */
import { evaluateDims } from "../autodiff/dims.ts";
import { hashKey } from "../core/random.ts";
import type { DropoutSite } from "../nn/dropout_sites.ts";
import type { HostTensor } from "../onnx/dtype.ts";
import { WasmMemory } from "./wasm_memory.ts";

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
   * @param rate share of dropped elements, in whole 1/256, since one random byte decides
   * @throws {RangeError} for another rate
   */
  async draw(site: string, step: number, count: number, rate: number): Promise<Uint8Array> {
    const threshold = rate * 256;
    if (!(Number.isInteger(threshold) && threshold >= 0 && threshold < 256)) {
      throw new RangeError(
        `Cannot drop a share of ${rate} at "${site}": expected whole 1/256 below 1`,
      );
    }
    let block = this.#blocks.get(site);
    if (!block || block.room < count) {
      const room = Math.ceil(count * 1.25 / 64) * 64;
      const memory = await WasmMemory.create(room);
      block = { memory, address: memory.allocate(room), room };
      this.#blocks.set(site, block);
    }
    const [key0, key1] = hashKey("dropout", this.#seed, site, step);
    const { memory, address } = block;
    memory.routines.dropMask(address, Math.ceil(count / 16) * 16, key0, key1, threshold);
    return memory.bytes(address, count);
  }

  /** One mask per site, of the size that it has in a batch, by the site's name. */
  async feeds(
    sites: readonly DropoutSite[],
    step: number,
    sizes: Readonly<Record<string, number>>,
  ): Promise<Record<string, HostTensor>> {
    const feeds: Record<string, HostTensor> = {};
    for (const { name, dims, rate } of sites) {
      const shape = evaluateDims(dims, sizes);
      const count = shape.reduce((a, b) => a * b, 1);
      feeds[name] = { dtype: "bool", dims: shape, data: await this.draw(name, step, count, rate) };
    }
    return feeds;
  }
}
