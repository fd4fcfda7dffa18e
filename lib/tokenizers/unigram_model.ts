/**
 * The likeliest pieces of a text, by a vocabulary whose pieces have scores.
 *
 * @module
 */
import { characterLength, type PieceTable } from "./piece_table.ts";

/** How much less likely than the rarest piece an unknown character is. */
const unknownPenalty = 10;

/** A piece and the natural logarithm of its probability. */
export type ScoredPiece = readonly [piece: string, score: number];

/** A unigram language model (Kudo 2018). */
export class UnigramModel {
  readonly #table: PieceTable;
  /** As the file has them. */
  readonly #given: Float64Array;
  /** As Python's tokenizers reads them; NaN until one is asked for. */
  readonly #scores: Float64Array;
  readonly #unknownScore: number;
  // Of the text at hand: the likeliest way to each place, and where its last piece starts.
  #scoreTo = new Float64Array(64);
  #startOf = new Int32Array(64);

  /** @param table the vocabulary's pieces, at their places */
  constructor(vocabulary: readonly ScoredPiece[], table: PieceTable) {
    this.#table = table;
    this.#given = Float64Array.from(vocabulary, ([, score]) => score);
    this.#scores = new Float64Array(vocabulary.length).fill(NaN);
    const least = this.#given.reduce((least, score) => Math.min(least, score), Infinity);
    this.#unknownScore = asPythonReads(least) - unknownPenalty;
  }

  /**
   * The likeliest cut of a text into pieces (Kudo 2018, eq. 4), unknown characters one by one. Of
   * two alike the one whose last piece is longest; scores are summed from the left, as a sum in
   * another order may tip the scale.
   */
  pieces(text: string): string[] {
    const { length } = text;
    if (length >= this.#scoreTo.length) {
      this.#scoreTo = new Float64Array(2 * length);
      this.#startOf = new Int32Array(2 * length);
    }
    // By UTF-16 unit; the second half of a character is never reached.
    const scoreTo = this.#scoreTo.fill(-Infinity, 0, length + 1), startOf = this.#startOf;
    scoreTo[0] = 0;
    for (let start = 0; start < length;) {
      const next = start + characterLength(text, start);
      let isKnown = false;
      const offer = (end: number, score: number) => {
        const sum = scoreTo[start] + score;
        if (sum <= scoreTo[end]) return;
        scoreTo[end] = sum;
        startOf[end] = start;
      };
      this.#table.visit(text, start, (end, place) => {
        isKnown ||= end === next;
        offer(end, this.#score(place));
      });
      if (!isKnown) offer(next, this.#unknownScore);
      start = next;
    }
    const pieces: string[] = [];
    for (let end = length; end > 0; end = startOf[end]) pieces.push(text.slice(startOf[end], end));
    return pieces.reverse();
  }

  #score(place: number): number {
    const known = this.#scores[place];
    return Number.isNaN(known) ? this.#scores[place] = asPythonReads(this.#given[place]) : known;
  }
}

/**
 * A number of a file as Python's tokenizers reads it: its digits as an integer, rounded, times a
 * power of ten, rounded again. That is off in the last bit now and then, and decides between two
 * cuts into the same pieces in another order.
 */
function asPythonReads(value: number): number {
  const [head, exponent] = value.toExponential().split("e");
  const [whole, fraction = ""] = head.split(".");
  const shift = Number(exponent) - fraction.length;
  const power = Number(`1e${Math.abs(shift)}`);
  return shift < 0 ? Number(whole + fraction) / power : Number(whole + fraction) * power;
}
