/**
 * Spans as symbols, windows of bytes, and the tags that follow (Gillick et al. 2016, §3).
 *
 * @module
 */

/** An entity in bytes: from `start` up to `end`. */
export interface ByteSpan {
  readonly start: number;
  readonly end: number;
  /** The index of its type. */
  readonly type: number;
}

/** A span with the probability of what said it. */
export interface SaidSpan extends ByteSpan {
  readonly probability: number;
}

/**
 * The symbols of windows of w bytes: starts 0 … w − 1, lengths 1 … w, types, and the end. One more,
 * which is never said, is what a decoder reads first.
 */
export class Symbols {
  readonly count: number;
  readonly stop: number;
  readonly go: number;

  constructor(readonly window: number, readonly types: number) {
    this.stop = 2 * window + types;
    this.go = this.stop + 1;
    this.count = this.stop + 1;
  }

  /** Start, length and type of each span of a window, in order, and the end. */
  of(spans: readonly ByteSpan[]): number[] {
    return [
      ...spans.flatMap(({ start, end, type }) => [
        start,
        this.window + end - start - 1,
        2 * this.window + type,
      ]),
      this.stop,
    ];
  }

  /**
   * The spans that symbols say, up to the end or to what is no span of a window of `length` bytes.
   *
   * @param probabilities of the symbols
   */
  read(said: readonly number[], probabilities: readonly number[], length: number): SaidSpan[] {
    const spans: SaidSpan[] = [];
    for (let at = 0; at + 2 < said.length; at += 3) {
      const [start, size, type] = [
        said[at],
        said[at + 1] - this.window + 1,
        said[at + 2] - 2 * this.window,
      ];
      if (start >= this.window || size < 1 || size > this.window) break;
      if (type < 0 || type >= this.types || start + size > length) break;
      const probability = probabilities.slice(at, at + 3).reduce((a, b) => a * b, 1);
      spans.push({ start, end: start + size, type, probability });
    }
    return spans;
  }
}

/** Where windows of a sentence begin: from `first` on, until nothing new is left. */
export function windowStarts(
  length: number,
  { stride, overlap, first = 0 }: {
    readonly stride: number;
    readonly overlap: number;
    readonly first?: number;
  },
): number[] {
  const starts = [];
  for (let start = first; start < length - overlap; start += stride) starts.push(start);
  return starts.length > 0 ? starts : [0];
}

/** The spans that lie in a window whole, from its start. */
export function spansIn(
  spans: readonly ByteSpan[],
  start: number,
  window: number,
): ByteSpan[] {
  return spans.filter((span) => span.start >= start && span.end <= start + window)
    .map(({ start: from, end, type }) => ({ start: from - start, end: end - start, type }));
}

/** Spans that do not cross: of those that do, the one that begins first; of these, the first given. */
export function apart<S extends ByteSpan>(spans: readonly S[]): S[] {
  const kept: S[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    if (kept.length === 0 || span.start >= kept[kept.length - 1].end) kept.push(span);
  }
  return kept;
}

/** Words in bytes: from … up to. */
export type WordBytes = readonly (readonly [from: number, to: number])[];

/** The first and last word of the words that a span holds whole; undefined where it holds none. */
export function wordsIn(span: ByteSpan, words: WordBytes): [number, number] | undefined {
  const first = words.findIndex(([from]) => from >= span.start);
  const last = words.findLastIndex(([, to]) => to <= span.end);
  return first >= 0 && last >= first ? [first, last] : undefined;
}
