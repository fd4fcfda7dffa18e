/**
 * A limit on how much happens at once.
 *
 * @module
 */

/** Lets a number of things happen at once, the rest in turn. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Does something when its turn has come. */
  async use<T>(act: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resume) => this.#waiting.push(resume));
    try {
      return await act();
    } finally {
      // A slot is handed over: nobody can come between.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}
