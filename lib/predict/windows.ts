/**
 * Sentences that are longer than a model: overlapping windows, of which the best one answers for each
 * word.
 *
 * @module
 */
import type { Example } from "../models/model.ts";

/** A part of a sentence as a model reads it, and the words that it is asked for. */
export interface Window {
  readonly example: Example;
  /** The word of each asked piece, ascending. */
  readonly words: readonly number[];
}

/** The pieces of a sentence with special tokens at its ends; −1 is the word of what is in no word. */
interface Pieces {
  readonly inputIds: readonly number[];
  readonly wordIds: readonly number[];
}

/**
 * The windows of a sentence; each word is asked for in exactly one. Windows hold whole words, and
 * overlap by up to half: a word is asked for where the lesser of its contexts, to the left and to the
 * right, is the greatest, and the ends of the sentence are no lack of context. A word that is longer
 * than a window is read by its first pieces.
 *
 * @param pieces all of the sentence; every word must have one
 * @param words how many words it has
 * @param most pieces in a window at most, special tokens included
 * @throws {RangeError} when there is no room for a piece
 */
export function windowsOf({ inputIds, wordIds }: Pieces, words: number, most: number): Window[] {
  if (words === 0) return [];
  const first = new Int32Array(words).fill(-1), end = new Int32Array(words);
  wordIds.forEach((word, piece) => {
    if (word < 0) return;
    if (first[word] < 0) first[word] = piece;
    end[word] = piece + 1;
  });
  const missing = first.indexOf(-1);
  if (missing >= 0) throw new RangeError(`Cannot ask for word ${missing}: it has no piece`);
  const [before, after] = [first[0], end[words - 1]];
  const room = most - before - (inputIds.length - after);
  if (room < 1) throw new RangeError(`Cannot read a sentence in windows of ${most} pieces`);

  const ranges = wordRanges(first, end, room);
  const askedIn: number[][] = ranges.map(() => []);
  const context = (word: number, [from, to]: readonly [number, number]) =>
    Math.min(
      from === 0 ? Infinity : first[word] - first[from],
      to === words ? Infinity : end[to - 1] - end[word],
    );
  for (let word = 0, earliest = 0; word < words; word++) {
    while (ranges[earliest][1] <= word) earliest++;
    let best = earliest;
    for (let r = earliest + 1; r < ranges.length && ranges[r][0] <= word; r++) {
      if (context(word, ranges[r]) > context(word, ranges[best])) best = r;
    }
    askedIn[best].push(word);
  }
  return ranges.flatMap(([from, to], r): Window[] => {
    if (askedIn[r].length === 0) return [];
    const [start, stop] = [first[from], Math.min(end[to - 1], first[from] + room)];
    const part = <T>(values: readonly T[]) => [
      ...values.slice(0, before),
      ...values.slice(start, stop),
      ...values.slice(after),
    ];
    return [{
      words: askedIn[r],
      example: {
        inputIds: part(inputIds),
        typeIds: [],
        wordIds: part(wordIds),
        asked: askedIn[r].map((word) => before + first[word] - start),
        gold: askedIn[r].map(() => 0),
      },
    }];
  });
}

/** The words of each window, from and to: every window has words that the ones before have not. */
function wordRanges(first: Int32Array, end: Int32Array, room: number): [number, number][] {
  const words = first.length;
  const ranges: [number, number][] = [];
  let from = 0;
  for (;;) {
    let to = from + 1;
    while (to < words && end[to] - first[from] <= room) to++;
    ranges.push([from, to]);
    if (to === words) return ranges;
    // Back over words that fill up to half a window, as far as the next word has room behind them.
    let next = to;
    while (
      next - 1 > from && end[to - 1] - first[next - 1] <= room / 2 &&
      end[to] - first[next - 1] <= room
    ) next--;
    from = next;
  }
}
