/**
 * Scores of two systems, pair by pair.
 *
 * @module
 */

/**
 * a − b pair by pair; 0 where only rounding parts them, as 0.3 and 0.1 + 0.2.
 *
 * @throws RangeError for different numbers of scores
 */
export function pairedDifferences(a: readonly number[], b: readonly number[]): number[] {
  if (a.length !== b.length) {
    throw new RangeError(`Cannot pair ${a.length} scores with ${b.length}`);
  }
  return a.map((value, i) => {
    const difference = value - b[i];
    return Math.abs(difference) <= 1e-12 * Math.max(Math.abs(value), Math.abs(b[i]))
      ? 0
      : difference;
  });
}
