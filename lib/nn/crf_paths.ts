/**
 * What a trained CRF says of a sequence: its likeliest labels, and the probabilities of each.
 *
 * @module
 */

/** The scores of a CRF as numbers; −∞ forbids. */
export interface PathScores {
  readonly labels: number;
  /** [L, L]: from a label (row) to the next. */
  readonly transitions: ArrayLike<number>;
  /** [L, L] for every place, the first one's unused: added to the transition into it. */
  readonly moves?: readonly ArrayLike<number>[];
  /** [L] */
  readonly start: ArrayLike<number>;
  /** [L] */
  readonly end: ArrayLike<number>;
}

/** The scores of the transition into every place, [L, L]: from a label (row) to the next. */
export function transitionsInto({ transitions, moves }: PathScores, places: number) {
  return Array.from(
    { length: places },
    (_, t) =>
      moves ? Float64Array.from(transitions, (score, i) => score + moves[t][i]) : transitions,
  );
}

/** Scores of which some labels and pairs are forbidden. */
export function withForbidden(
  { labels, transitions, moves, start, end }: PathScores,
  forbidden: {
    readonly start: (label: number) => boolean;
    readonly pair: (from: number, to: number) => boolean;
  },
): PathScores {
  return {
    labels,
    transitions: Float64Array.from(
      transitions,
      (score, i) => forbidden.pair(Math.floor(i / labels), i % labels) ? -Infinity : score,
    ),
    moves,
    start: Float64Array.from(start, (score, l) => forbidden.start(l) ? -Infinity : score),
    end,
  };
}

/**
 * The labels with the greatest score (Viterbi 1967); of equal ones, those that come first.
 *
 * @param emissions a row [L] for every place
 */
export function likeliestPath(
  emissions: readonly ArrayLike<number>[],
  scores: PathScores,
): number[] {
  if (emissions.length === 0) return [];
  const { labels, start, end } = scores, into = transitionsInto(scores, emissions.length);
  let score = Float64Array.from({ length: labels }, (_, l) => start[l] + emissions[0][l]);
  const cameFrom: Int32Array[] = [];
  for (let t = 1; t < emissions.length; t++) {
    const row = emissions[t], transitions = into[t];
    const next = new Float64Array(labels), back = new Int32Array(labels);
    for (let to = 0; to < labels; to++) {
      let best = -Infinity, from = 0;
      for (let l = 0; l < labels; l++) {
        const sum = score[l] + transitions[l * labels + to];
        if (sum > best) [best, from] = [sum, l];
      }
      next[to] = best + row[to];
      back[to] = from;
    }
    score = next;
    cameFrom.push(back);
  }
  let label = 0;
  for (let l = 1; l < labels; l++) if (score[l] + end[l] > score[label] + end[label]) label = l;
  const path = [label];
  for (const back of cameFrom.reverse()) path.push(label = back[label]);
  return path.reverse();
}

/**
 * ln p of every label at every place, by the forward and the backward recursion.
 *
 * @param emissions a row [L] for every place
 */
export function logMarginals(
  emissions: readonly ArrayLike<number>[],
  scores: PathScores,
): Float64Array[] {
  const { labels, start, end } = scores, count = emissions.length;
  const into = transitionsInto(scores, count);
  const forward: Float64Array[] = [], backward: Float64Array[] = new Array(count);
  const sums = new Float64Array(labels);
  for (let t = 0; t < count; t++) {
    forward.push(Float64Array.from({ length: labels }, (_, to) => {
      if (t === 0) return start[to] + emissions[0][to];
      for (let l = 0; l < labels; l++) sums[l] = forward[t - 1][l] + into[t][l * labels + to];
      return logSum(sums) + emissions[t][to];
    }));
  }
  for (let t = count - 1; t >= 0; t--) {
    backward[t] = Float64Array.from({ length: labels }, (_, from) => {
      if (t === count - 1) return end[from];
      for (let l = 0; l < labels; l++) {
        sums[l] = into[t + 1][from * labels + l] + emissions[t + 1][l] + backward[t + 1][l];
      }
      return logSum(sums);
    });
  }
  return forward.map((row, t) => {
    const scores = row.map((score, l) => score + backward[t][l]);
    const total = logSum(scores);
    return scores.map((score) => score - total);
  });
}

/** log Σ eˣ without overflow; −∞ of nothing but −∞. */
function logSum(values: Float64Array): number {
  let most = -Infinity;
  for (const x of values) if (x > most) most = x;
  if (most === -Infinity) return most;
  let sum = 0;
  for (const x of values) sum += Math.exp(x - most);
  return most + Math.log(sum);
}
