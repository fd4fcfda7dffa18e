/**
 * Corrections of p-values for many comparisons.
 *
 * @module
 */

/**
 * Holm's step-down correction (Holm 1979): p̃ of rank k is max over j ≤ k of min(1, (m − j + 1) p of
 * rank j), in the order given. It holds the chance of any false claim, whatever the tests' dependence.
 *
 * A p of NaN, a comparison that says nothing, stays NaN and is not counted in m (as R's p.adjust).
 *
 * @throws RangeError for a p outside [0, 1]
 */
export function holm(p: readonly number[]): number[] {
  return corrected(p, (ordered) => {
    let largest = 0;
    return ordered.map((each, k) =>
      largest = Math.max(largest, Math.min(1, (ordered.length - k) * each))
    );
  });
}

/**
 * Benjamini and Hochberg's step-up correction (1995): p̃ of rank k is min over j ≥ k of min(1, m/j · p
 * of rank j), in the order given. It holds the expected share of false claims among those made, for
 * tests that are independent or positively dependent. NaN as in {@link holm}.
 *
 * @throws RangeError for a p outside [0, 1]
 */
export function benjaminiHochberg(p: readonly number[]): number[] {
  return corrected(p, (ordered) => {
    let smallest = 1;
    return ordered.map((_, back) => {
      const k = ordered.length - 1 - back;
      return smallest = Math.min(smallest, ordered.length / (k + 1) * ordered[k]);
    }).reverse();
  });
}

/** Corrects the p-values that are numbers in ascending order, and puts each back in its place. */
function corrected(
  p: readonly number[],
  correct: (ordered: readonly number[]) => number[],
): number[] {
  const odd = p.find((each) => each < 0 || each > 1);
  if (odd !== undefined) throw new RangeError(`Cannot correct ${odd} as it is no p-value: 0 to 1`);
  const order = p.map((_, at) => at).filter((at) => !Number.isNaN(p[at]));
  order.sort((i, j) => p[i] - p[j]);
  const result = p.map(() => NaN);
  correct(order.map((at) => p[at])).forEach((each, k) => result[order[k]] = each);
  return result;
}
