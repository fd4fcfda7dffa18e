/**
 * Sequences of labels drawn from a trained CRF.
 *
 * @module
 */
import type { CounterRandom } from "../core/random.ts";
import { type PathScores, transitionsInto } from "./crf_paths.ts";

/**
 * Draws sequences of labels exactly by their probability: forward sums once, then labels from the last
 * to the first (forward filtering, backward sampling).
 */
export class PathSampler {
  readonly #forward: readonly Float64Array[];
  readonly #scores: PathScores;
  readonly #into: readonly ArrayLike<number>[];

  /** @param emissions a row [L] for every place */
  constructor(emissions: readonly ArrayLike<number>[], scores: PathScores) {
    const { labels, start } = scores, into = transitionsInto(scores, emissions.length);
    const forward: Float64Array[] = [], sums = new Float64Array(labels);
    emissions.forEach((row, t) => {
      forward.push(Float64Array.from({ length: labels }, (_, to) => {
        if (t === 0) return start[to] + row[to];
        for (let l = 0; l < labels; l++) sums[l] = forward[t - 1][l] + into[t][l * labels + to];
        return logSum(sums) + row[to];
      }));
    });
    this.#forward = forward;
    this.#scores = scores;
    this.#into = into;
  }

  /** One sequence. */
  sample(random: CounterRandom): number[] {
    const { labels, end } = this.#scores;
    const path = new Array<number>(this.#forward.length);
    for (let t = path.length - 1; t >= 0; t--) {
      const next = path[t + 1];
      const into = (label: number) =>
        next === undefined ? end[label] : this.#into[t + 1][label * labels + next];
      path[t] = draw(this.#forward[t].map((sum, label) => sum + into(label)), random);
    }
    return path;
  }
}

/** An index, by logarithms of weights. */
function draw(logWeights: Float64Array, random: CounterRandom): number {
  const total = logSum(logWeights);
  let left = random.uniform();
  for (let i = 0; i < logWeights.length; i++) {
    left -= Math.exp(logWeights[i] - total);
    if (left < 0) return i;
  }
  // What rounding leaves is the likeliest one's.
  return logWeights.indexOf(logWeights.reduce((most, value) => Math.max(most, value)));
}

function logSum(values: Float64Array): number {
  const most = values.reduce((most, value) => Math.max(most, value), -Infinity);
  if (most === -Infinity) return most;
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
}
