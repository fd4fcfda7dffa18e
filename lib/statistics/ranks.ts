/**
 * Ranks of values, ties sharing the mean of theirs.
 *
 * @module
 */

/**
 * Ranks from 1, ascending; equal values share the mean of their ranks (scipy's `rankdata`).
 *
 * @throws RangeError for a value that is NaN, which has no rank
 */
export function meanRanks(values: readonly number[]): number[] {
  const ranks = new Array<number>(values.length);
  let before = 0;
  for (const group of tiedGroups(values)) {
    for (const at of group) ranks[at] = before + (group.length + 1) / 2;
    before += group.length;
  }
  return ranks;
}

/**
 * Places of the values, ascending, those of equal values together.
 *
 * @throws RangeError for a value that is NaN
 */
export function tiedGroups(values: readonly number[]): number[][] {
  const odd = values.findIndex(Number.isNaN);
  if (odd >= 0) throw new RangeError(`Cannot rank NaN: value ${odd + 1} of ${values.length}`);
  const order = [...values.keys()].sort((i, j) => compare(values[i], values[j]));
  const groups: number[][] = [];
  for (const at of order) {
    const last = groups.at(-1);
    if (last !== undefined && values[last[0]] === values[at]) last.push(at);
    else groups.push([at]);
  }
  return groups;
}

/** Infinite values have an order too, which their difference would not say. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
