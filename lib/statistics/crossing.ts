/**
 * Where a learning curve reaches a level.
 *
 * @module
 */

/**
 * The size at which a curve first reaches a level, between two of its sizes by a straight line over
 * the sizes' logarithms: what sentences add is about even for each doubling of their number.
 *
 * Degenerate: 0 where the smallest size is there already, Infinity where the largest is not, NaN
 * where a value is.
 *
 * @param sizes ascending, above 0
 * @param values at each size, in the level's unit
 * @throws RangeError for sizes that do not ascend, or for other numbers of values
 */
export function crossingOf(
  sizes: readonly number[],
  values: ArrayLike<number>,
  level: number,
): number {
  if (sizes.length === 0 || values.length !== sizes.length) {
    throw new RangeError(
      `Cannot find a crossing: got ${sizes.length} sizes and ${values.length} values`,
    );
  }
  sizes.forEach((size, i) => {
    if (!(size > (i === 0 ? 0 : sizes[i - 1]))) {
      throw new RangeError(`Cannot find a crossing as sizes must ascend from above 0: got ${size}`);
    }
  });
  const gaps = sizes.map((_, i) => values[i] - level);
  if (gaps.some(Number.isNaN)) return NaN;
  const at = gaps.findIndex((gap) => gap >= 0);
  if (at < 0) return Infinity;
  if (at === 0) return 0;
  const part = gaps[at - 1] / (gaps[at - 1] - gaps[at]);
  return sizes[at - 1] * (sizes[at] / sizes[at - 1]) ** part;
}
