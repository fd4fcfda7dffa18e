/**
 * Keeps what was made last, for instances that a worker runs one after the other.
 *
 * @module
 */

/**
 * Whatever is made of some content, until something is made of another one. A vocabulary of 250,000
 * pieces takes half a second to read, and the next instance wants the same.
 */
export class LastMade<T> {
  #last: { readonly digest: string; readonly made: Promise<T> } | undefined;

  /**
   * What is made of a content, now unless it was before.
   *
   * @param digest SHA-256 of the content; without one nothing is kept
   */
  async of(digest: string | undefined, make: () => Promise<T>): Promise<T> {
    if (digest === undefined) return await make();
    if (this.#last?.digest === digest) return await this.#last.made;
    const last = { digest, made: make() };
    this.#last = last;
    try {
      return await last.made;
    } catch (error) {
      if (this.#last === last) this.#last = undefined;
      throw error;
    }
  }
}
