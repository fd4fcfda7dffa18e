/**
 * Shares what a machine has between the instances of a run.
 *
 * @module
 */
import type { Resources } from "../plan/stage.ts";

/** What may be in use at once. */
export interface Capacity {
  readonly cores: number;
  readonly memoryMib: number;
  readonly gpus: number;
}

/** Where a scheduler of its own decides what runs when. */
export const unlimited: Capacity = { cores: Infinity, memoryMib: Infinity, gpus: Infinity };

interface Waiting {
  readonly amounts: Capacity;
  readonly rank: number;
  readonly start: (granted: boolean) => void;
}

/** A budget, given to whoever has the lowest rank and fits. */
export class Budget {
  readonly #free: { cores: number; memoryMib: number; gpus: number };
  #closed = false;
  readonly #waiting: Waiting[] = [];

  constructor(readonly total: Capacity) {
    this.#free = { ...total };
  }

  /**
   * Takes a share, or all there is of what is wanted more than there is.
   *
   * @returns gives it back; undefined when the budget was closed meanwhile
   */
  async take(wanted: Resources, rank: number): Promise<(() => void) | undefined> {
    const amounts = {
      cores: Math.min(wanted.cores, this.total.cores),
      memoryMib: Math.min(wanted.memoryMib, this.total.memoryMib),
      gpus: Math.min(wanted.gpus, this.total.gpus),
    };
    const granted = await new Promise<boolean>((start) => {
      const at = this.#waiting.findIndex((other) => other.rank > rank);
      this.#waiting.splice(at < 0 ? this.#waiting.length : at, 0, { amounts, rank, start });
      this.#serve();
    });
    return granted ? () => this.#move(amounts, 1) : undefined;
  }

  /** Refuses all who wait, and who come later. */
  close(): void {
    this.#closed = true;
    this.#serve();
  }

  #serve(): void {
    if (this.#closed) return this.#waiting.splice(0).forEach(({ start }) => start(false));
    while (this.#free.cores > 0) {
      const at = this.#waiting.findIndex(({ amounts }) => this.#fits(amounts));
      if (at < 0) return;
      const [next] = this.#waiting.splice(at, 1);
      this.#move(next.amounts, -1);
      next.start(true);
    }
  }

  #fits({ cores, memoryMib, gpus }: Capacity): boolean {
    const free = this.#free;
    return cores <= free.cores && memoryMib <= free.memoryMib && gpus <= free.gpus;
  }

  #move({ cores, memoryMib, gpus }: Capacity, sign: 1 | -1): void {
    this.#free.cores += sign * cores;
    this.#free.memoryMib += sign * memoryMib;
    this.#free.gpus += sign * gpus;
    if (sign > 0) this.#serve();
  }
}
