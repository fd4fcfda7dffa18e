/**
 * Every way to cut a string into the pieces of a vocabulary: the best one, and how often each piece
 * is expected over all of them.
 *
 * @module
 */

interface Node {
  readonly next: Map<string, Node>;
  piece: number;
}

/** A unigram language model over pieces; the probability of a cut is the product of its pieces'. */
export class UnigramLattice {
  readonly #root: Node = { next: new Map(), piece: -1 };
  readonly #scores: Float64Array;
  // The edges of the string at hand, by start: piece `#pieces[e]` covers `#starts[e]` … `#ends[e]`.
  #starts: number[] = [];
  #ends: number[] = [];
  #pieces: number[] = [];

  /**
   * @param pieces each as its characters
   * @param scores natural logarithm of every piece's probability
   */
  constructor(pieces: readonly (readonly string[])[], scores: Float64Array) {
    this.#scores = scores;
    pieces.forEach((chars, piece) => {
      let node = this.#root;
      for (const char of chars) {
        let next = node.next.get(char);
        if (!next) node.next.set(char, next = { next: new Map(), piece: -1 });
        node = next;
      }
      node.piece = piece;
    });
  }

  #findEdges(chars: readonly string[], without: number): number {
    let count = 0;
    for (let start = 0; start < chars.length; start++) {
      let node: Node | undefined = this.#root;
      for (let end = start; end < chars.length; end++) {
        node = node.next.get(chars[end]);
        if (!node) break;
        if (node.piece < 0 || node.piece === without) continue;
        this.#starts[count] = start;
        this.#ends[count] = end + 1;
        this.#pieces[count++] = node.piece;
      }
    }
    return count;
  }

  /**
   * The likeliest cut.
   *
   * @param without a piece that must not be used
   * @returns pieces in order; undefined where there is no cut
   */
  best(chars: readonly string[], without = -1): number[] | undefined {
    const edges = this.#findEdges(chars, without);
    const scoreTo = new Float64Array(chars.length + 1).fill(-Infinity);
    const edgeTo = new Int32Array(chars.length + 1).fill(-1);
    scoreTo[0] = 0;
    for (let e = 0; e < edges; e++) {
      const score = scoreTo[this.#starts[e]] + this.#scores[this.#pieces[e]];
      if (score > scoreTo[this.#ends[e]]) {
        scoreTo[this.#ends[e]] = score;
        edgeTo[this.#ends[e]] = e;
      }
    }
    if (scoreTo[chars.length] === -Infinity) return undefined;
    const cut: number[] = [];
    for (let at = chars.length; at > 0; at = this.#starts[edgeTo[at]]) {
      cut.push(this.#pieces[edgeTo[at]]);
    }
    return cut.reverse();
  }

  /**
   * Adds `times` × the expected number of uses of every piece to `expected`.
   *
   * @returns log-probability of the string, summed over all cuts
   */
  addExpected(chars: readonly string[], times: number, expected: Float64Array): number {
    const edges = this.#findEdges(chars, -1);
    const n = chars.length;
    const forward = new Float64Array(n + 1).fill(-Infinity);
    const backward = new Float64Array(n + 1).fill(-Infinity);
    forward[0] = backward[n] = 0;
    for (let e = 0; e < edges; e++) {
      const end = this.#ends[e];
      const score = forward[this.#starts[e]] + this.#scores[this.#pieces[e]];
      forward[end] = addLogs(forward[end], score);
    }
    for (let e = edges - 1; e >= 0; e--) {
      const start = this.#starts[e];
      const score = backward[this.#ends[e]] + this.#scores[this.#pieces[e]];
      backward[start] = addLogs(backward[start], score);
    }
    for (let e = 0; e < edges; e++) {
      const piece = this.#pieces[e];
      expected[piece] += times * Math.exp(
        forward[this.#starts[e]] + this.#scores[piece] + backward[this.#ends[e]] - forward[n],
      );
    }
    return forward[n];
  }
}

/** log(exp(a) + exp(b)) */
function addLogs(a: number, b: number): number {
  if (a === -Infinity) return b;
  if (b === -Infinity) return a;
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b));
}
