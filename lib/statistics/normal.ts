/**
 * The standard normal distribution.
 *
 * @module
 */

/** P(Z ≤ x), to some 1e-15. */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (x > 4) return 1 - upperTail(x);
  if (x < -4) return upperTail(-x);
  // Marsaglia 2004, eq. 1: Φ(x) = ½ + φ(x) (x + x³/3 + x⁵/(3·5) + …)
  let term = x, sum = x;
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
    term *= x * x / k;
    sum += term;
  }
  return 0.5 + density(x) * sum;
}

/** φ(x)/(x + 1/(x + 2/(x + 3/…))): Laplace's continued fraction, for x > 4. */
function upperTail(x: number): number {
  if (x > 40) return 0;
  let fraction = x;
  for (let k = 100; k >= 1; k--) fraction = x + k / fraction;
  return density(x) / fraction;
}

function density(x: number): number {
  return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
}

const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);

// deno-fmt-ignore
const centre = [
  [3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
    45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727],
  [1, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077, 21213.794301586595867,
    39307.895800092710610, 28729.085735721942674, 5226.4952788528545610],
];
// deno-fmt-ignore
const shoulder = [
  [1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
    1.27045825245236838258, 0.241780725177450611770, 0.0227238449892691845833,
    7.74545014278341407640e-4],
  [1, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550,
    0.148103976427480074590, 0.0151986665636164571966, 5.47593808499534494600e-4,
    1.05075007164441684324e-9],
];
// deno-fmt-ignore
const tail = [
  [6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 0.296560571828504891230,
    0.0265321895265761230930, 1.24266094738807843860e-3, 2.71155556874348757815e-5,
    2.01033439929228813265e-7],
  [1, 0.599832206555887937690, 0.136929880922735805310, 0.0148753612908506148525,
    7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
    2.04426310338993978564e-15],
];

/** The x of P(Z ≤ x) = p (Wichura 1988, AS 241, PPND16), to some 1e-15; NaN outside [0, 1]. */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return NaN;
  if (p === 0 || p === 1) return p === 0 ? -Infinity : Infinity;
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return q * polynomial(centre[0], r) / polynomial(centre[1], r);
  }
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const [above, below] = r <= 5 ? shoulder : tail;
  const shift = r <= 5 ? 1.6 : 5;
  return Math.sign(q) * polynomial(above, r - shift) / polynomial(below, r - shift);
}
