/**
 * Student's t distribution.
 *
 * @module
 */

/** P(T ≤ t) with `freedom` degrees of freedom, whole or not; to some 1e-13. */
export function studentCdf(t: number, freedom: number): number {
  if (Number.isNaN(t) || !(freedom > 0)) return NaN;
  if (Math.abs(t) === Infinity) return t > 0 ? 1 : 0;
  const tail = beyond(t, freedom) / 2;
  return t > 0 ? 1 - tail : tail;
}

/** P(|T| ≥ |t|). */
export function studentTwoSided(t: number, freedom: number): number {
  return 2 * studentCdf(-Math.abs(t), freedom);
}

/** The t of P(T ≤ t) = p, by bisection; NaN outside [0, 1]. */
export function studentQuantile(p: number, freedom: number): number {
  if (!(p >= 0 && p <= 1) || !(freedom > 0)) return NaN;
  if (p > 0.5) return -studentQuantile(1 - p, freedom);
  if (p === 0 || p === 0.5) return p === 0 ? -Infinity : 0;
  let low = -1, high = 0;
  while (studentCdf(low, freedom) > p) low *= 2;
  for (let step = 0; step < 200 && low < high; step++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (studentCdf(middle, freedom) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(|T| > t): I_x(a, ½) at x = ν/(ν + t²), a = ν/2 (Abramowitz & Stegun 1964, 26.7.1). */
function beyond(t: number, freedom: number): number {
  const x = freedom / (freedom + t * t), rest = t * t / (freedom + t * t), a = freedom / 2;
  if (rest === 0 || x === 0) return x === 0 ? 0 : 1;
  // x^a (1 − x)^½ Γ(a + ½) / (Γ(a) Γ(½))
  const front = Math.exp(logGammaRatio(a) - a * Math.log1p(t * t / freedom)) *
    Math.sqrt(rest / Math.PI);
  return x < (a + 1) / (a + 2.5)
    ? front * betaFraction(x, a, 0.5) / a
    : 1 - front * betaFraction(rest, 0.5, a) / 0.5;
}

/** ln Γ(a + ½) − ln Γ(a), whose digits do not cancel: Stirling's series from 20 on. */
function logGammaRatio(a: number): number {
  let below = 0;
  for (; a < 20; a++) below += Math.log(a / (a + 0.5));
  const square = 1 / (a * a);
  const series = -1 / 8 + square * (1 / 192 + square * (-1 / 640 + square * 17 / 14336));
  return below + Math.log(a) / 2 + series / a;
}

/** The continued fraction of I_x(a, b), by Lentz's method (Press et al. 2007, 6.4). */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const away = (value: number): number => Math.abs(value) < tiny ? tiny : value;
  let c = 1, d = 1 / away(1 - (a + b) * x / (a + 1)), result = d;
  for (let m = 1; m <= 100_000; m++) {
    const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    result *= d * c;
    const odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    result *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return result;
}
