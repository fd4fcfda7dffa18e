/**
 * The floor of masked language models: how often each piece occurs, whatever stands around it.
 *
 * @module
 */

/** Frequencies of pieces with add-one smoothing (Laplace): p = (count + 1) / (pieces + vocabulary). */
export class FrequentPieces {
  readonly #counts: Float64Array;
  readonly #total: number;
  /** The most frequent piece; of equals the one with the least id. */
  readonly likeliest: number;

  /**
   * @param sentences pieces that belong to words
   * @param vocabulary the number of pieces that there are
   */
  constructor(sentences: Iterable<readonly number[]>, vocabulary: number) {
    this.#counts = new Float64Array(vocabulary);
    let pieces = 0;
    for (const sentence of sentences) {
      for (const id of sentence) {
        this.#counts[id]++;
        pieces++;
      }
    }
    this.#total = pieces + vocabulary;
    let likeliest = 0;
    this.#counts.forEach((count, id) => {
      if (count > this.#counts[likeliest]) likeliest = id;
    });
    this.likeliest = likeliest;
  }

  /** −ln p of a piece, nats. */
  loss(id: number): number {
    return Math.log(this.#total) - Math.log(this.#counts[id] + 1);
  }
}
