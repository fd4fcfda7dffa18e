/**
 * From the logits of a sentence's words to its labels.
 *
 * @module
 */

import { isOrphanInside } from "../core/tags.ts";

/**
 * How labels are chosen.
 * - `argmax`: the likeliest label of each word on its own.
 * - `wellFormed`: the likeliest sequence in which `I-X` follows `B-X` or `I-X` only (Viterbi 1967, with
 *   transitions that are either allowed or not, and nothing learned).
 */
export const decodings = ["argmax", "wellFormed"] as const;

/** One of {@linkcode decodings}. */
export type Decoding = typeof decodings[number];

/**
 * The labels of a sentence.
 *
 * @param logProbabilities one row of L per word
 * @param labels the L label names
 * @returns a label index per word
 */
export function decode(
  logProbabilities: readonly (readonly number[])[],
  labels: readonly string[],
  decoding: Decoding,
): number[] {
  if (decoding === "argmax") return logProbabilities.map(argmax);
  const L = labels.length;
  const allowed = labels.map((to) => labels.map((from) => !isOrphanInside(to, from)));
  let score: number[] = [];
  const cameFrom: number[][] = [];
  for (const [word, row] of logProbabilities.entries()) {
    const next: number[] = [], back: number[] = [];
    for (let to = 0; to < L; to++) {
      let best = -Infinity, from = 0;
      if (word === 0) best = isOrphanInside(labels[to]) ? -Infinity : 0;
      else {
        for (let l = 0; l < L; l++) {
          if (allowed[to][l] && score[l] > best) [best, from] = [score[l], l];
        }
      }
      next.push(best + row[to]);
      back.push(from);
    }
    score = next;
    cameFrom.push(back);
  }
  const path: number[] = [];
  let label = argmax(score);
  for (let word = logProbabilities.length - 1; word >= 0; word--) {
    path.push(label);
    label = cameFrom[word][label];
  }
  return path.reverse();
}

function argmax(values: readonly number[]): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}
