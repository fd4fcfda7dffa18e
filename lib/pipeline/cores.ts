/**
 * Shares the cores of a run between its instances.
 *
 * @module
 */

interface Waiting {
  readonly cores: number;
  readonly place: number;
  readonly start: (granted: boolean) => void;
}

/** A budget of cores, given to whoever comes first in the plan and fits. */
export class Cores {
  #free: number;
  #closed = false;
  readonly #waiting: Waiting[] = [];

  constructor(readonly total: number) {
    this.#free = total;
  }

  /**
   * Takes cores, or all of them when more are wanted than there are.
   *
   * @param place the place in the plan
   * @returns gives them back; undefined when the budget was closed meanwhile
   */
  async take(wanted: number, place: number): Promise<(() => void) | undefined> {
    const cores = Math.min(wanted, this.total);
    const granted = await new Promise<boolean>((start) => {
      const at = this.#waiting.findIndex((other) => other.place > place);
      this.#waiting.splice(at < 0 ? this.#waiting.length : at, 0, { cores, place, start });
      this.#serve();
    });
    if (!granted) return undefined;
    return () => {
      this.#free += cores;
      this.#serve();
    };
  }

  /** Refuses all who wait, and who come later. */
  close(): void {
    this.#closed = true;
    this.#serve();
  }

  #serve(): void {
    if (this.#closed) return this.#waiting.splice(0).forEach(({ start }) => start(false));
    while (this.#free > 0) {
      const at = this.#waiting.findIndex(({ cores }) => cores <= this.#free);
      if (at < 0) return;
      const [next] = this.#waiting.splice(at, 1);
      this.#free -= next.cores;
      next.start(true);
    }
  }
}
