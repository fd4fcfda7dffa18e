/**
 * The likeliest pieces of a text, by a vocabulary whose pieces have scores.
 *
 * @module
 */

/** How much less likely than the rarest piece an unknown character is. */
const unknownPenalty = 10;

/** A piece and the natural logarithm of its probability. */
export type ScoredPiece = readonly [piece: string, score: number];

/**
 * A unigram language model (Kudo 2018). There is no trie: a piece is found by its text in one map,
 * which takes a tenth of the time to make, and words are short.
 */
export class UnigramModel {
  readonly #places: ReadonlyMap<string, number>;
  /** As the file has them; NaN in `#scores` until one is asked for. */
  readonly #given: Float64Array;
  readonly #scores: Float64Array;
  /** The greatest length of a piece, in UTF-16 units, by its first unit. */
  readonly #longest: Uint32Array;
  readonly #unknownScore: number;

  /** @param places where each piece stands in the vocabulary */
  constructor(vocabulary: readonly ScoredPiece[], places: ReadonlyMap<string, number>) {
    this.#places = places;
    this.#given = new Float64Array(vocabulary.length);
    this.#scores = new Float64Array(vocabulary.length).fill(NaN);
    this.#longest = new Uint32Array(2 ** 16);
    let least = Infinity;
    for (let place = 0; place < vocabulary.length; place++) {
      const [piece, score] = vocabulary[place];
      this.#given[place] = score;
      if (score < least) least = score;
      const first = piece.charCodeAt(0);
      if (piece.length > this.#longest[first]) this.#longest[first] = piece.length;
    }
    this.#unknownScore = asPythonReads(least) - unknownPenalty;
  }

  /**
   * The likeliest cut of a text into pieces (Kudo 2018, eq. 4), unknown characters one by one. Of
   * two alike the one whose last piece is longest; scores are summed from the left, as a sum in
   * another order may tip the scale.
   */
  pieces(text: string): string[] {
    // By UTF-16 unit; the second half of a character is never reached.
    const scoreTo = new Float64Array(text.length + 1).fill(-Infinity);
    const startOf = new Int32Array(text.length + 1);
    scoreTo[0] = 0;
    for (let start = 0; start < text.length;) {
      const next = start + characterLength(text, start);
      const end = Math.min(text.length, start + this.#longest[text.charCodeAt(start)]);
      let isKnown = false;
      for (let to = next; to <= end; to += characterLength(text, to)) {
        const place = this.#places.get(text.slice(start, to));
        if (place === undefined) continue;
        isKnown ||= to === next;
        const sum = scoreTo[start] + this.#score(place);
        if (sum <= scoreTo[to]) continue;
        scoreTo[to] = sum;
        startOf[to] = start;
      }
      const unknown = scoreTo[start] + this.#unknownScore;
      if (!isKnown && unknown > scoreTo[next]) {
        scoreTo[next] = unknown;
        startOf[next] = start;
      }
      start = next;
    }
    const pieces: string[] = [];
    for (let end = text.length; end > 0; end = startOf[end]) {
      pieces.push(text.slice(startOf[end], end));
    }
    return pieces.reverse();
  }

  #score(place: number): number {
    const known = this.#scores[place];
    return Number.isNaN(known) ? this.#scores[place] = asPythonReads(this.#given[place]) : known;
  }
}

/** UTF-16 units of the character at a place: 2 for a pair of surrogates. */
function characterLength(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (unit < 0xd800 || unit >= 0xdc00) return 1;
  const next = text.charCodeAt(at + 1);
  return next >= 0xdc00 && next < 0xe000 ? 2 : 1;
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
