/**
 * Several sentences in one row, so that a batch has little padding.
 *
 * @module
 */

/** Where a sentence lies: its row, and the place of its first piece there. */
export interface Place {
  readonly row: number;
  readonly offset: number;
}

/** Where the sentences of a batch lie in B rows of T places. */
export interface Packing {
  readonly B: number;
  readonly T: number;
  /** One per sentence, in their order. */
  readonly places: readonly Place[];
}

/**
 * Packs sentences into rows as long as the longest of them: the longer first, each into the first
 * row with room (Johnson 1973, first-fit decreasing: at most 11/9 of the least number of rows).
 *
 * @param lengths of the sentences, at least one
 */
export function packRows(lengths: readonly number[]): Packing {
  const T = Math.max(...lengths);
  const used: number[] = [];
  const places: Place[] = [];
  const order = lengths.map((_, i) => i).sort((a, b) => lengths[b] - lengths[a] || a - b);
  for (const i of order) {
    const free = used.findIndex((filled) => filled + lengths[i] <= T);
    const row = free < 0 ? used.push(0) - 1 : free;
    places[i] = { row, offset: used[row] };
    used[row] += lengths[i];
  }
  return { B: used.length, T, places };
}
