/**
 * How large a difference is, whatever the number of runs.
 *
 * @module
 */

/** Mean and sample variance (divided by n − 1; NaN for one value). */
export function sampleMoments(values: readonly number[]): { mean: number; variance: number } {
  const { mean, squares } = squaresOf(values);
  return { mean, variance: squares / (values.length - 1) };
}

/** Mean, and the sum of squares about it. */
function squaresOf(values: readonly number[]): { mean: number; squares: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, squares: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) };
}

/**
 * Cohen's d (Cohen 1988, eq. 2.5.1): the difference of means in units of the pooled deviation.
 *
 * Degenerate: NaN where no system has two scores, or a score is NaN; 0 for scores that are all equal,
 * ±∞ for different means without any deviation.
 */
export function cohensD(a: readonly number[], b: readonly number[]): number {
  const freedom = a.length + b.length - 2;
  if (freedom < 1) return NaN;
  // The mean of equal scores may be a rounding off them.
  if (isConstant(a) && isConstant(b)) {
    return a[0] === b[0] ? 0 : Math.sign(a[0] - b[0]) * Infinity;
  }
  const [of, against] = [squaresOf(a), squaresOf(b)];
  return (of.mean - against.mean) / Math.sqrt((of.squares + against.squares) / freedom);
}

function isConstant(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}

/**
 * Cliff's delta (Cliff 1993, eq. 1): P(a > b) − P(a < b) over all pairs, −1 to 1. 0 for equal scores,
 * NaN for no scores or one that is NaN.
 */
export function cliffsDelta(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (const x of a) for (const y of b) sum += Math.sign(x - y);
  return sum / (a.length * b.length);
}

/**
 * Â₁₂ (Vargha & Delaney 2000, eq. 13): the probability that a run of A is better than one of B, ties
 * half: (delta + 1) / 2.
 */
export function probabilityOfSuperiority(a: readonly number[], b: readonly number[]): number {
  return (cliffsDelta(a, b) + 1) / 2;
}
